import { i18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { usePreferences } from "@/stores/preferences";

const locales = ["en", "de"];

const catalogues = import.meta.glob<{ messages: Record<string, string> }>("../locales/de/messages.po");
const pseudo =
  import.meta.env.MODE === "pseudo"
    ? import.meta.glob<{ messages: Record<string, string> }>("../locales/pseudo/messages.po")
    : {};

function wanted(): string {
  if (import.meta.env.MODE === "pseudo") return "pseudo";
  const { locale } = usePreferences.getState();
  const languages = [locale ?? navigator.languages, "en"].flat().map((tag) => tag.slice(0, 2));
  return languages.find((language) => locales.includes(language)) ?? "en";
}

/** Loads the texts of the language that the user, or else the browser, asks for. English is in the code. */
export async function activateLocale(): Promise<void> {
  const locale = wanted();
  i18n.setMessagesCompiler(compileMessage);
  const load = { ...catalogues, ...pseudo }[`../locales/${locale}/messages.po`];
  const { messages } = (await load?.()) ?? { messages: {} };
  i18n.loadAndActivate({ locale, messages });
  document.documentElement.lang = intlLocale();
}

/** What `Intl` understands; the pseudo-locale is no language. */
export function intlLocale(): string {
  if (i18n.locale === "pseudo") return "en";
  return navigator.languages.find((tag) => tag.startsWith(i18n.locale)) ?? i18n.locale;
}

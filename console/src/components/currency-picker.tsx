import { useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import { intlLocale } from "@/lib/i18n";
import { usePreferences } from "@/stores/preferences";
import { Combobox } from "./ui/combobox";

/** All currencies, by their codes. */
const currencies = () => Intl.supportedValuesOf("currency").map((code) => ({ id: code, name: code }));

const currencyName = (code: string) =>
  new Intl.DisplayNames(intlLocale(), { type: "currency" }).of(code) ?? code;

type Props = { value: string; onValueChange: (currency: string) => void };

/** Chooses a currency. The one that was chosen last is the next one to begin with. */
export function CurrencyPicker({ value, onValueChange }: Props) {
  const { t } = useLingui();
  const items = useMemo(currencies, []);
  return (
    <Combobox
      aria-label={t`Currency`}
      isClearable={false}
      items={items}
      value={{ id: value, name: value }}
      onValueChange={(currency) => {
        if (!currency) return;
        usePreferences.setState({ currency: currency.id });
        onValueChange(currency.id);
      }}
      renderItem={({ id }) => `${id} ${currencyName(id)}`}
    />
  );
}

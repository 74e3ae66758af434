import { t } from "@lingui/core/macro";
import { intlLocale } from "./i18n";

type Money = { amount: number; currency: string };

/** How many decimals a currency has: 2 for the euro, none for the yen. */
function decimals(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** An amount as it is typed: without a currency, and with the decimal sign of the language. */
export function amountText({ amount, currency }: Money): string {
  const digits = decimals(currency);
  const format = new Intl.NumberFormat(intlLocale(), {
    useGrouping: false,
    minimumFractionDigits: amount % 10 ** digits === 0 ? 0 : digits,
    maximumFractionDigits: digits,
  });
  return format.format(amount / 10 ** digits);
}

/**
 * What was typed, in minor units; `null` when it is no amount. Groups of digits may be set apart as the language does,
 * but only where they are groups of three: `12.50` must not become 1250 where the point sets groups apart.
 */
export function parseAmount(text: string, currency: string): number | null {
  const parts = new Intl.NumberFormat(intlLocale()).formatToParts(1234567.8);
  const sign = (type: "group" | "decimal") => parts.find((part) => part.type === type)?.value ?? ".";
  const [amount = "", fraction = "", ...others] = text.trim().split(sign("decimal"));
  const groups = amount.split(/\s/.test(sign("group")) ? /\s/ : sign("group"));
  const isGrouped = groups.slice(1).every((group) => group.length === 3);
  const digits = decimals(currency);
  const whole = groups.join("");
  const plain = whole + fraction.padEnd(digits, "0");
  if (others.length > 0 || !isGrouped || fraction.length > digits) return null;
  if (whole === "" || !/^\d+$/.test(plain)) return null;
  return Number.isSafeInteger(Number(plain)) ? Number(plain) : null;
}

export const amountProblem = () =>
  t`Write an amount such as ${amountText({ amount: 125050, currency: "EUR" })}`;

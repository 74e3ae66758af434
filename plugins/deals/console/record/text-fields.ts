import { t } from "@lingui/core/macro";
import type { TextField } from "@/components/text-fields";
import { amountProblem, amountText, parseAmount } from "@/lib/amount";
import { formatDay, formatMoney, formatPercent } from "@/lib/format";
import { usePreferences } from "@/stores/preferences";
import type { Deal, UpdateDeal } from "../deal";

export type TextName = "name" | "amount" | "probabilityOverride" | "expectedCloseDate";

/** The fields of a deal that are written, as texts. */
export function dealTexts(deal: Deal) {
  const { name, amount, probabilityOverride, expectedCloseDate } = deal;
  return {
    deal,
    name,
    amount: amount && amountText(amount),
    probabilityOverride: probabilityOverride === null ? null : String(probabilityOverride),
    expectedCloseDate,
  };
}

export type DealTexts = ReturnType<typeof dealTexts>;

const currencyOf = ({ amount }: Deal) => amount?.currency ?? usePreferences.getState().currency;

const isPercentage = (value: string) => /^\d{1,3}$/.test(value) && Number(value) <= 100;

type Fields = readonly TextField<TextName, DealTexts>[];

export const mainFields: Fields = [
  { field: "name", type: "text" },
  {
    field: "amount",
    type: "decimal",
    show: ({ deal: { amount } }) => amount && formatMoney(amount.amount, amount.currency),
    check: (value, { deal }) =>
      value === "" || parseAmount(value, currencyOf(deal)) !== null ? null : amountProblem(),
  },
];

export const dateFields: Fields = [
  {
    field: "expectedCloseDate",
    type: "date",
    show: ({ expectedCloseDate }) => expectedCloseDate && formatDay(expectedCloseDate),
  },
];

/** Only open deals have a probability of their own. */
export const outlookFields: Fields = [
  {
    field: "probabilityOverride",
    type: "decimal",
    show: ({ deal }) =>
      deal.probabilityOverride === null
        ? t`${formatPercent(deal.probability / 100)} (of the stage)`
        : formatPercent(deal.probability / 100),
    check: (value) => (value === "" || isPercentage(value) ? null : t`Write a number from 0 to 100`),
  },
  ...dateFields,
];

/** What is written in a field, as the API takes it. An empty one is cleared. */
export function changesOf(deal: Deal, field: TextName, value: string): UpdateDeal {
  if (field === "name") return { name: value };
  if (value === "") return { [field]: null };
  if (field === "probabilityOverride") return { probabilityOverride: Number(value) };
  if (field === "expectedCloseDate") return { expectedCloseDate: value };
  const currency = currencyOf(deal);
  return { amount: { amount: parseAmount(value, currency) ?? 0, currency } };
}

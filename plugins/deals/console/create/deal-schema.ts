import { t } from "@lingui/core/macro";
import * as z from "zod/mini";
import type { components } from "@/api/schema";
import { amountProblem, parseAmount } from "@/lib/amount";
import { usePreferences } from "@/stores/preferences";

type DealContent = components["schemas"]["DealsDealContent"];

const fields = {
  name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
  amount: z.string(),
  currency: z.string(),
  stageId: z.nullable(z.string()),
  expectedCloseDate: z.string(),
  owner: z.nullable(z.object({ id: z.string(), name: z.string() })),
  customer: z.nullable(z.object({ type: z.enum(["lead", "customer"]), id: z.string(), name: z.string() })),
};

const amountCheck = z.refine<{ amount: string; currency: string }>(
  ({ amount, currency }) => amount.trim() === "" || parseAmount(amount, currency) !== null,
  // Also while other fields are wrong: all that is wrong is said at once.
  { path: ["amount"], error: amountProblem, when: () => true },
);

/** What is asked of a deal with the customer that a lead becomes. The server checks it too, and more. */
export const contentSchema = z.object(fields).check(amountCheck);

/** What is asked of a new deal. */
export const dealSchema = z
  .object({
    ...fields,
    customer: fields.customer.check(
      z.refine((picked) => picked !== null, { error: () => t`Choose a customer` }),
    ),
  })
  .check(amountCheck);

export type DealInput = z.output<typeof dealSchema>;

export const emptyDeal = (): DealInput => ({
  name: "",
  amount: "",
  currency: usePreferences.getState().currency,
  stageId: null,
  expectedCloseDate: "",
  owner: null,
  customer: null,
});

/** What the form holds, as the API takes it. */
export function contentOf(input: DealInput): DealContent {
  const { name, currency, stageId, expectedCloseDate, owner } = input;
  const amount = parseAmount(input.amount, currency);
  return {
    name,
    ...(amount !== null && { amount: { amount, currency } }),
    ...(stageId && { stageId }),
    ...(expectedCloseDate && { expectedCloseDate }),
    ...(owner && { owner: owner.id }),
  };
}

/** Those that the server may point to. */
export const contentFields = ["name", "amount", "stageId", "expectedCloseDate", "owner"] as const;

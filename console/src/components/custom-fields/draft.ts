import type { CustomField } from "@/api/custom-fields";
import type { components } from "@/api/schema";
import { amountText, parseAmount } from "@/lib/amount";
import { instantAt, wallTimeAt } from "@/lib/format";
import { usePreferences } from "@/stores/preferences";
import { isLink, isMoney } from "./custom-text";
import type { Value } from "./custom-value";

type Link = components["schemas"]["CustomLink"];

/** A value as it is being typed. */
export type Draft = string | string[] | { amount: string; currency: string } | Link | null;

export type Drafts = Record<string, Draft>;

/** What a form begins with. */
export function draftOf({ type, currencies }: CustomField, value: Value | undefined): Draft {
  switch (type) {
    case "money": {
      const currency = currencies?.[0] ?? usePreferences.getState().currency;
      if (value === undefined || !isMoney(value)) return { amount: "", currency };
      return { amount: amountText(value), currency: value.currency };
    }
    case "multiSelect":
      return Array.isArray(value) ? value : [];
    case "link":
      return value !== undefined && isLink(value) ? value : null;
    case "datetime":
      return typeof value === "string" ? wallTimeAt(value) : "";
    default:
      return value === undefined ? "" : String(value);
  }
}

/** What was typed, as the server takes it: `null` is nothing, and `undefined` makes no sense. */
export function readDraft({ type }: CustomField, draft: Draft | undefined): Value | null | undefined {
  if (draft === undefined || draft === null) return null;
  if (Array.isArray(draft)) return draft.length > 0 ? draft : null;
  if (typeof draft === "object") {
    if ("id" in draft) return { type: draft.type, id: draft.id };
    if (draft.amount.trim() === "") return null;
    const amount = parseAmount(draft.amount, draft.currency);
    return amount === null ? undefined : { amount, currency: draft.currency };
  }
  const text = draft.trim();
  if (text === "") return null;
  switch (type) {
    case "number": {
      const number = Number(text.replace(",", "."));
      return Number.isFinite(number) ? number : undefined;
    }
    case "bool":
      return text === "true";
    case "datetime":
      return instantAt(text);
    default:
      return text;
  }
}

import { t } from "@lingui/core/macro";
import type { CustomField } from "@/api/custom-fields";
import type { components } from "@/api/schema";
import { formatDateTime, formatDay, formatList, formatMoney, formatNumber } from "@/lib/format";
import type { Value } from "./custom-value";

type Schemas = components["schemas"];

export const isLink = (value: Value): value is Schemas["CustomLink"] =>
  typeof value === "object" && "type" in value;

export const isMoney = (value: Value): value is Schemas["CustomMoney"] =>
  typeof value === "object" && "amount" in value;

export const labelOfOption = ({ options }: CustomField, value: string) =>
  options?.find((option) => option.value === value)?.label ?? value;

/** What a record holds in a custom field, in words. */
export function customText(field: CustomField, value: Value | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return formatList(value.map((one) => labelOfOption(field, one)));
  if (typeof value === "boolean") return value ? t`Yes` : t`No`;
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "object") {
    return isMoney(value) ? formatMoney(value.amount, value.currency) : value.id;
  }
  switch (field.type) {
    case "date":
      return formatDay(value);
    case "datetime":
      return formatDateTime(value);
    case "select":
      return labelOfOption(field, value);
    default:
      return value;
  }
}

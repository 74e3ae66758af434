import type { I18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { CustomFieldType, CustomLinkType } from "@/api/custom-fields";

export const fieldTypes = [
  "text",
  "number",
  "money",
  "date",
  "datetime",
  "bool",
  "select",
  "multiSelect",
  "link",
] as const;

export const linkTypes = ["lead", "customer", "task", "user"] as const;

const typeLabels = {
  text: msg`Text`,
  number: msg`Number`,
  money: msg`Money`,
  date: msg`Day`,
  datetime: msg`Day and time`,
  bool: msg`Yes or no`,
  select: msg`One of some options`,
  multiSelect: msg`Some of some options`,
  link: msg`Another record`,
};

const linkLabels = { lead: msg`Leads`, customer: msg`Customers`, task: msg`Tasks`, user: msg`Users` };

export const labelOfType = (i18n: I18n, type: CustomFieldType) => i18n._(typeLabels[type]);
export const labelOfLink = (i18n: I18n, type: CustomLinkType) => i18n._(linkLabels[type]);

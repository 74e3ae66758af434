import type { I18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";

const labels = {
  lead: msg`Leads`,
  customer: msg`Customers`,
  task: msg`Tasks`,
  analytics: msg`Figures`,
  user: msg`Users`,
  team: msg`Teams`,
  role: msg`Roles`,
  assignmentRule: msg`Assignment rules`,
  apiKey: msg`API keys`,
  job: msg`Jobs`,
  activity: msg`Activity log`,
  customField: msg`Custom fields`,
  tag: msg`Tags`,
  view: msg`Views`,
  "deals.deal": msg`Deals`,
  "deals.pipeline": msg`Pipelines`,
  "notifications.webhook": msg`Webhooks`,
};

/** What people call a kind of record; those of plugins that we do not know keep the name that they have. */
export function labelOfResource(i18n: I18n, resource: string): string {
  const known = Object.entries(labels).find(([name]) => name === resource);
  return known ? i18n._(known[1]) : resource;
}

export const resourceOf = (permission: string) => permission.split(":")[0] ?? permission;

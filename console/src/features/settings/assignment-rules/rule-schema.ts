import { t } from "@lingui/core/macro";
import * as z from "zod/mini";
import type { components } from "@/api/schema";
import type { AssignmentRule } from "./queries";
import { strategies } from "./rule-labels";

const statuses = ["New", "Contacted", "Nurturing", "Qualified"] as const;

export const ruleSchema = z
  .object({
    name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
    companyContains: z.string().check(z.trim()),
    emailDomains: z.string().check(z.trim()),
    sources: z.string().check(z.trim()),
    statuses: z.array(z.enum(statuses)),
    tags: z.array(z.string()),
    takers: z.enum(["users", "team"]),
    users: z.array(z.string()),
    team: z.nullable(z.string()),
    strategy: z.enum(strategies),
  })
  .check(
    z.refine((rule) => rule.takers !== "users" || rule.users.length > 0, {
      path: ["users"],
      error: () => t`Choose somebody`,
      when: () => true,
    }),
    z.refine((rule) => rule.takers !== "team" || rule.team !== null, {
      path: ["team"],
      error: () => t`Choose a team`,
      when: () => true,
    }),
  );

export type RuleInput = z.output<typeof ruleSchema>;

export const startStatuses = statuses;

export const emptyRule: RuleInput = {
  name: "",
  companyContains: "",
  emailDomains: "",
  sources: "",
  statuses: [],
  tags: [],
  takers: "users",
  users: [],
  team: null,
  strategy: "roundRobin",
};

export function inputOf({ name, conditions, strategy, team, users }: AssignmentRule): RuleInput {
  return {
    name,
    companyContains: conditions.companyContains ?? "",
    emailDomains: conditions.emailDomains?.join(", ") ?? "",
    sources: conditions.sources?.join(", ") ?? "",
    statuses: statuses.filter((status) => conditions.statuses?.includes(status)),
    tags: conditions.tags ?? [],
    takers: team ? "team" : "users",
    users: users ?? [],
    team,
    strategy,
  };
}

const items = (text: string) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

/** What is sent: of a list without anything, nothing, since it would fit no lead. */
export function contentOf(input: RuleInput) {
  const emailDomains = items(input.emailDomains);
  const sources = items(input.sources);
  const conditions: components["schemas"]["AssignmentConditionsInput"] = {
    ...(input.companyContains && { companyContains: input.companyContains }),
    ...(emailDomains.length > 0 && { emailDomains }),
    ...(sources.length > 0 && { sources }),
    ...(input.statuses.length > 0 && { statuses: input.statuses }),
    ...(input.tags.length > 0 && { tags: input.tags }),
  };
  return {
    name: input.name,
    strategy: input.strategy,
    conditions,
    ...(input.takers === "team" ? { team: input.team } : { users: input.users }),
  };
}

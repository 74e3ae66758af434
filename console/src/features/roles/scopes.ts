import { msg } from "@lingui/core/macro";
import type { Grant, Scope } from "@/api/permissions";

/** From narrow to wide: each takes in those before it. */
export const scopes = ["own", "queue", "team", "all"] as const;

export const scopeLabels = {
  own: msg`Own`,
  queue: msg`Queue`,
  team: msg`Team`,
  all: msg`All`,
};

export const scopeMeanings = {
  own: msg`assigned to the person, or made by them while nobody has it`,
  queue: msg`own, and what nobody in their teams has taken yet`,
  team: msg`of anybody in their teams`,
  all: msg`every record`,
};

const rank = (scope: Scope | undefined) => (scope ? scopes.indexOf(scope) : -1);

export const isWider = (one: Scope | undefined, other: Scope | undefined) => rank(one) > rank(other);

/** How far a permission reaches by some grants, of which the widest counts. */
export function scopeOf(grants: readonly Grant[], permission: string): Scope | undefined {
  const found = grants.filter((grant) => grant.permission === permission).map(({ scope }) => scope);
  return found.sort((one, other) => rank(other) - rank(one))[0];
}

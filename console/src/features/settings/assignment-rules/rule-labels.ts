import { msg } from "@lingui/core/macro";

export const strategies = ["roundRobin", "leastOpen", "fixed"] as const;

export const strategyLabels = {
  roundRobin: msg`in turn`,
  leastOpen: msg`whoever has the fewest open leads`,
  fixed: msg`always the first who is active`,
};

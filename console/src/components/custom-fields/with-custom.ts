import type { Value, Values } from "./custom-value";

/** Custom values as they will be after a change, where `null` clears. */
export function withCustom(before: Values, changes: Record<string, Value | null>): Values {
  const entries = Object.entries({ ...before, ...changes });
  return Object.fromEntries(
    entries.flatMap(([key, value]): [string, Value][] => (value === null ? [] : [[key, value]])),
  );
}

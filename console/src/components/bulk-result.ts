import { plural, t } from "@lingui/core/macro";
import type { components } from "@/api/schema";
import { notify } from "@/stores/toast";

type BulkResult = components["schemas"]["BulkResult"];

/** Tells what became of many records: how many were done, and why others were not, by reasons. */
export function notifyBulkResult(results: BulkResult[], undo?: { label: string; run: () => void }): void {
  const done = results.reduce((sum, result) => sum + result.done + result.unchanged, 0);
  const reasons = new Map<string, { count: number; message: string }>();
  for (const { status, code, message } of results.flatMap(({ items }) => items)) {
    if (status !== "refused") continue;
    const reason = reasons.get(code ?? "") ?? { count: 0, message: reasonOf(code) ?? message ?? "" };
    reasons.set(code ?? "", { ...reason, count: reason.count + 1 });
  }
  const refused = [...reasons.values()].reduce((sum, { count }) => sum + count, 0);
  notify({
    title:
      refused === 0
        ? t`${plural(done, { one: "# record done", other: "# records done" })}`
        : t`${plural(done, { one: "# record done", other: "# records done" })}, ${refused} not`,
    description:
      [...reasons.values()].map(({ count, message }) => `${count} ${message}`).join(", ") || undefined,
    ...(refused > 0 && { type: "error" as const }),
    ...(undo && done > 0 && { undo }),
  });
}

function reasonOf(code: components["schemas"]["ProblemCode"] | null): string | undefined {
  switch (code) {
    case "forbidden":
      return t`without permission`;
    case "not-found":
      return t`gone`;
    case "archived":
      return t`archived`;
    case "lead-transition-not-allowed":
      return t`in a status that does not allow it`;
    case "use-convert":
    case "lead-converted":
      return t`converted`;
    default:
      return undefined;
  }
}

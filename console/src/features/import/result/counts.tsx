import { useLingui } from "@lingui/react/macro";
import type { components } from "@/api/schema";
import { formatNumber } from "@/lib/format";

type ImportCounts = components["schemas"]["ImportCounts"];

/** How many rows had which outcome, or would have. */
export function Counts({ counts, isDryRun }: { counts: ImportCounts; isDryRun: boolean }) {
  const { t } = useLingui();
  const named: [keyof ImportCounts, string, string][] = [
    ["created", t`will be created`, t`were created`],
    ["updated", t`will be changed`, t`were changed`],
    ["unchanged", t`are so already`, t`were so already`],
    ["skipped", t`will be left out`, t`left out`],
    ["failed", t`are wrong`, t`wrong`],
    ["reverted", t`taken back`, t`taken back`],
    ["kept", t`kept`, t`kept, since changed by somebody`],
  ];
  return (
    <dl className="flex flex-wrap gap-3">
      {named
        .filter(([name]) => counts[name] > 0 || name === "created" || name === "failed")
        .map(([name, will, did]) => (
          <div
            key={name}
            className="flex min-w-32 flex-col-reverse rounded-lg border border-line bg-surface px-4 py-3"
          >
            <dt className="text-sm text-text-muted">{isDryRun ? will : did}</dt>
            <dd
              className={
                name === "failed" && counts[name] > 0
                  ? "font-semibold text-danger-text text-xl"
                  : "font-semibold text-xl"
              }
            >
              {formatNumber(counts[name])}
            </dd>
          </div>
        ))}
    </dl>
  );
}

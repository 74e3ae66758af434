import { Trans, useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";

const stepNames = ["file", "map", "preview", "check", "result"] as const;
export type Step = (typeof stepNames)[number];

/** How far one has come. */
export function Steps({ current }: { current: Step }) {
  const { t } = useLingui();
  const labels: Record<Step, string> = {
    file: t`File`,
    map: t`Columns`,
    preview: t`Preview`,
    check: t`Check`,
    result: t`Result`,
  };
  return (
    <nav aria-label={t`Steps`}>
      <ol className="flex flex-wrap gap-x-4 gap-y-1">
        {stepNames.map((step, index) => (
          <li
            key={step}
            aria-current={step === current ? "step" : undefined}
            className={clsx("text-sm", step === current ? "font-semibold text-text" : "text-text-muted")}
          >
            <Trans>
              {index + 1}. {labels[step]}
            </Trans>
          </li>
        ))}
      </ol>
    </nav>
  );
}

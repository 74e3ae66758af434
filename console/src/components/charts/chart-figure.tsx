import { Trans } from "@lingui/react/macro";
import { type ReactNode, Suspense } from "react";
import { Skeleton } from "../ui/skeleton";
import { type Series, seriesFill } from "./series";

type Props = {
  /** What the lines or bars stand for. */
  series: readonly Series[];
  /** Lazy. */
  chart: ReactNode;
  /** The same figures, for who cannot see the chart or wants to know exactly. */
  table: ReactNode;
  /** Whether the table is there at once. */
  showsTable?: boolean;
};

/** A chart with its legend, and a table behind it. */
export function ChartFigure({ series, chart, table, showsTable }: Props) {
  return (
    <div className="flex flex-col gap-3">
      {series.length > 1 && (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-text-muted">
          {series.map(({ label }, index) => (
            <li key={label} className="inline-flex items-center gap-1.5">
              <svg width="10" height="10" aria-hidden>
                <rect width="10" height="10" rx="2" fill={seriesFill(index)} />
              </svg>
              {label}
            </li>
          ))}
        </ul>
      )}
      <div className="h-48">
        <Suspense fallback={<Skeleton className="h-48 w-full" />}>{chart}</Suspense>
      </div>
      {showsTable ? (
        table
      ) : (
        <details className="text-sm">
          <summary className="w-fit rounded-sm py-0.5 text-text-muted hover:text-text">
            <Trans>As a table</Trans>
          </summary>
          <section
            aria-label={series.map(({ label }) => label).join(", ")}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            className="mt-2 max-h-72 overflow-auto"
          >
            {table}
          </section>
        </details>
      )}
    </div>
  );
}

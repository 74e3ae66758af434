import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { components } from "@/api/schema";
import { listPath } from "@/components/figure-link";
import { formatDuration, formatNumber, formatPercent } from "@/lib/format";

type Dashboard = components["schemas"]["Dashboard"];
type Figure = components["schemas"]["Figure"];

/** The figures that are seen first. Those that count records lead to them. */
export function Tiles({ dashboard: { leads, tasks, customers } }: { dashboard: Dashboard }) {
  const { t } = useLingui();
  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-4">
      {leads && (
        <>
          <Tile label={t`New leads`} figure={leads.made} />
          <Tile label={t`Converted`} figure={leads.converted} />
          <Tile
            label={t`Conversion rate`}
            value={leads.conversionRate === null ? "–" : formatPercent(leads.conversionRate)}
            note={t`of these new leads, so far`}
          />
          <Tile
            label={t`Time to convert`}
            value={leads.medianSecondsToConvert === null ? "–" : formatDuration(leads.medianSecondsToConvert)}
            note={t`median`}
          />
        </>
      )}
      {tasks && (
        <>
          <Tile label={t`Open tasks`} figure={tasks.open} />
          <Tile label={t`Due today`} figure={tasks.dueToday} />
          <Tile label={t`Overdue tasks`} figure={tasks.overdue} isWarning={tasks.overdue.count > 0} />
        </>
      )}
      {customers && <Tile label={t`Customers`} figure={customers.total} />}
    </ul>
  );
}

type TileProps = { label: string; isWarning?: boolean } & (
  | { figure: Figure; value?: never; note?: never }
  | { figure?: never; value: string; note: ReactNode }
);

function Tile({ label, figure, value, note, isWarning }: TileProps) {
  const content = (
    <>
      <span className="block text-sm text-text-muted">{label}</span>
      <span className={clsx("block font-semibold text-xl", isWarning && "text-danger-text")}>
        {figure ? formatNumber(figure.count) : value}{" "}
        {note && <span className="font-normal text-sm text-text-muted">{note}</span>}
      </span>
    </>
  );
  const box = "block h-full rounded-lg border border-line bg-surface px-4 py-3";
  return (
    <li>
      {figure ? (
        <Link to={listPath(figure.list)} className={`${box} hover:bg-hover`}>
          {content}
        </Link>
      ) : (
        <div className={box}>{content}</div>
      )}
    </li>
  );
}

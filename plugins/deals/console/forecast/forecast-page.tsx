import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowLeft, ChartColumn, CircleAlert } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import type { components } from "@/api/schema";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { addDays } from "@/lib/format";
import { setParameter } from "@/lib/list-state";
import { today } from "@/lib/week";
import { formatSums } from "../money";
import { NewDealLink } from "../views";
import { ForecastFigures } from "./forecast-figures";
import { forecastQuery } from "./forecast-query";

type Forecast = components["schemas"]["DealsForecast"];

/** What may come in, month by month. */
export function Component() {
  const { t } = useLingui();
  const [parameters, setParameters] = useSearchParams();
  const year = Number(parameters.get("year")) || null;
  const query = useQuery({
    ...forecastQuery(year ? { from: `${year}-01-01`, to: `${year}-12-31` } : null),
    placeholderData: keepPreviousData,
  });
  const set = (name: string, value: string) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        setParameter(next, name, value);
        return next;
      },
      { replace: true },
    );
  const thisYear = Number(today().slice(0, 4));
  const years = [thisYear + 1, thisYear, thisYear - 1, thisYear - 2].map(String);

  return (
    <>
      <PageHeader
        title={t`Forecast`}
        actions={
          <Select
            aria-label={t`Months`}
            className="min-w-48"
            options={[
              { value: "next", label: t`The next twelve months` },
              ...years.map((value) => ({ value, label: value })),
            ]}
            value={year ? String(year) : "next"}
            onValueChange={(value) => set("year", value === "next" ? "" : value)}
          />
        }
      >
        <Link to="/deals" className="inline-flex h-7 items-center gap-1 rounded-sm text-sm hover:text-text">
          <ArrowLeft size={14} aria-hidden className="rtl:rotate-180" />
          <Trans>Deals</Trans>
        </Link>
      </PageHeader>
      {query.data ? (
        <div aria-busy={query.isPlaceholderData} className="flex flex-col gap-4 px-4 pb-6 sm:px-6">
          <Overdue forecast={query.data} />
          <Months
            forecast={query.data}
            currency={parameters.get("currency")}
            onCurrencyChange={(currency) => set("currency", currency)}
          />
        </div>
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-80 w-full" />
        </div>
      )}
    </>
  );
}

/** What should have been closed by now is in none of the months. */
function Overdue({ forecast: { overdue } }: { forecast: Forecast }) {
  if (overdue.length === 0) return null;
  const list = new URLSearchParams({ kind: "open", expectedCloseTo: addDays(today(), -1) });
  return (
    <div className="flex gap-2 rounded-md bg-amber-soft px-3 py-2 text-amber-on-soft">
      <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <p>
        <Trans>
          Open deals over {formatSums(overdue)} should have been closed by now, and count in no month.
        </Trans>{" "}
        <Link to={`/deals/list?${list}`} className="rounded-sm font-medium underline">
          <Trans>Show them</Trans>
        </Link>
      </p>
    </div>
  );
}

type MonthsProps = {
  forecast: Forecast;
  currency: string | null;
  onCurrencyChange: (currency: string) => void;
};

function Months({ forecast: { months }, currency, onCurrencyChange }: MonthsProps) {
  const { t } = useLingui();
  const known = [...new Set(months.flatMap(({ currencies }) => currencies.map((sums) => sums.currency)))];
  const shown = known.find((other) => other === currency) ?? known[0];
  if (!shown) {
    return (
      <EmptyState
        icon={ChartColumn}
        title={t`Nothing is expected in these months`}
        actions={<NewDealLink here="/deals" />}
      >
        <Trans>Deals count here that have an amount, and a day on which they may be won.</Trans>
      </EmptyState>
    );
  }
  return (
    <>
      {known.length > 1 && (
        <div>
          <Select
            aria-label={t`Currency`}
            className="max-w-32"
            options={known.map((value) => ({ value, label: value }))}
            value={shown}
            onValueChange={onCurrencyChange}
          />
        </div>
      )}
      <ForecastFigures months={months} currency={shown} />
    </>
  );
}

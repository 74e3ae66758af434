import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { ErrorState } from "@/components/error-state";
import { FigureLink } from "@/components/figure-link";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Table } from "@/components/ui/table";
import { formatMoney } from "@/lib/format";
import type { Sum } from "../deal";
import { formatSums } from "../money";
import { figuresQuery } from "../queries";

/** What is open, and in which stages it is. */
export default function OpenDeals() {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(figuresQuery);
  return (
    <Card
      title={t`Open deals`}
      actions={
        <Link to="/deals/forecast" className={buttonClass({ size: "small", variant: "ghost" })}>
          <Trans>Forecast</Trans>
        </Link>
      }
    >
      {data ? (
        <div className="flex flex-col gap-4">
          {data.open.length > 0 && <Totals sums={data.open} />}
          <Table
            label={t`Open deals by stage`}
            head={[t`Stage`, t`Deals`, t`Amount`]}
            rows={data.stages.map(({ stage, deals, list, sums }) => ({
              key: stage.id,
              cells: [
                stage.name,
                <FigureLink
                  key="deals"
                  figure={{ count: deals, list: list.replace("/api/deals", "/deals/list") }}
                  label={stage.name}
                />,
                sums.length > 0 ? formatSums(sums) : "–",
              ],
            }))}
          />
        </div>
      ) : error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <Skeleton className="h-48 w-full" />
      )}
    </Card>
  );
}

/** Beneath each sum, what may be expected of it. */
function Totals({ sums }: { sums: readonly Sum[] }) {
  return (
    <ul className="flex flex-wrap gap-x-8 gap-y-2">
      {sums.map(({ currency, amount, weighted }) => (
        <li key={currency}>
          <p className="font-semibold text-xl">{formatMoney(amount, currency)}</p>
          <p className="text-sm text-text-muted">
            <Trans>{formatMoney(weighted, currency)} weighted</Trans>
          </p>
        </li>
      ))}
    </ul>
  );
}

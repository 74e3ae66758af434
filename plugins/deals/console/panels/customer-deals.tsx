import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { useCustomerName } from "@/api/customers";
import { ErrorState } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { formatMoney, formatNumber } from "@/lib/format";
import { StaleBadge } from "../board/deal-card";
import { type Deal, hrefOfDeal, isStale } from "../deal";
import { useMayDeal } from "../may";
import { customerDealsQuery } from "../queries";
import { StageBadge } from "../stage-badge";

const DealDialog = lazy(() => import("../create/deal-dialog"));

/** What a customer may buy, the newest first, and a way to add to it. */
export default function CustomerDeals({ recordId }: { recordId: string }) {
  const { t } = useLingui();
  const mayCreate = useMayDeal("create");
  const name = useCustomerName(recordId);
  const { data, error, refetch } = useQuery(customerDealsQuery(recordId));
  const [isMaking, setMaking] = useState(false);
  return (
    <Card
      title={t`Deals`}
      actions={
        mayCreate && (
          <Button
            size="small"
            variant="ghost"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => setMaking(true)}
          >
            <Trans>New deal</Trans>
          </Button>
        )
      }
    >
      {data ? (
        <DealItems deals={data.rows} total={data.total} customerId={recordId} />
      ) : error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <Skeleton className="w-2/3" />
      )}
      <Suspense>
        {isMaking && (
          <DealDialog
            customer={{ type: "customer", id: recordId, name }}
            stageId={null}
            onClose={() => setMaking(false)}
            onMade={() => setMaking(false)}
          />
        )}
      </Suspense>
    </Card>
  );
}

function DealItems({ deals, total, customerId }: { deals: Deal[]; total: number; customerId: string }) {
  if (total === 0) {
    return (
      <p className="text-text-muted">
        <Trans>There are no deals with this customer.</Trans>
      </p>
    );
  }
  return (
    <>
      <ul className="flex flex-col gap-2">
        {deals.map((deal) => (
          <DealItem key={deal.id} deal={deal} />
        ))}
      </ul>
      {total > deals.length && (
        <Link
          to={`/deals/list?customerId=${customerId}`}
          className="mt-3 inline-block rounded-sm text-accent-text underline"
        >
          <Trans>All {formatNumber(total)} deals</Trans>
        </Link>
      )}
    </>
  );
}

function DealItem({ deal }: { deal: Deal }) {
  const { name, stage, amount } = deal;
  return (
    <li>
      <div className="flex items-baseline justify-between gap-3">
        <Link to={hrefOfDeal(deal)} className="min-w-0 break-words rounded-sm hover:underline">
          {name}
        </Link>
        {amount && <span className="shrink-0">{formatMoney(amount.amount, amount.currency)}</span>}
      </div>
      <p className="flex flex-wrap gap-1.5">
        <StageBadge stage={stage} />
        {isStale(deal) && <StaleBadge deal={deal} />}
      </p>
    </li>
  );
}

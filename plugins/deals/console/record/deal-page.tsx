import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useParams } from "react-router";
import { useMay } from "@/api/me";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { TasksPanel } from "@/components/tasks/tasks-panel";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { rememberRecent } from "@/stores/recent";
import type { Deal } from "../deal";
import { dealQuery } from "../queries";
import { DealFields } from "./deal-fields";
import { DealHeader } from "./deal-header";
import { DealTimeline } from "./deal-timeline";
import { StageHistory } from "./stage-history";

export function Component() {
  const { id = "" } = useParams();
  // Another deal is another screen, although its address is of the same form.
  return <DealPage key={id} id={id} />;
}

function DealPage({ id }: { id: string }) {
  const { t } = useLingui();
  const { data: deal, error, refetch } = useQuery(dealQuery(id));
  if (deal) return <Loaded deal={deal} />;
  return (
    <>
      <PageHeader title={t`Deal`} />
      {error ? <ErrorState error={error} onRetry={refetch} /> : <Waiting />}
    </>
  );
}

function Loaded({ deal }: { deal: Deal }) {
  const { t } = useLingui();
  const { id, name, customer, isArchived } = deal;
  const mayReadLog = useMay("activity:read");
  useEffect(() => rememberRecent({ type: "deals.deal", id, name }), [id, name]);
  return (
    <>
      <DealHeader deal={deal} />
      {isArchived && (
        <p className="mx-4 mb-4 rounded-md bg-amber-soft px-3 py-2 text-amber-on-soft sm:mx-6">
          <Trans>This deal is archived. Restore it to change it.</Trans>
        </p>
      )}
      <div className="grid items-start gap-4 px-4 pb-6 sm:px-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4 lg:order-last">
          <DealFields deal={deal} />
          {customer.name && (
            <TasksPanel
              title={t`Tasks about ${customer.name}`}
              relatedTo={{ type: "Customer", id: customer.id }}
              isReadOnly={isArchived}
            />
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <StageHistory deal={deal} />
          {mayReadLog && (
            <Card title={t`Timeline`}>
              <DealTimeline deal={deal} />
            </Card>
          )}
        </div>
      </div>
    </>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-4 px-4 sm:px-6">
      <Skeleton className="h-8 w-1/3" />
      <Skeleton className="h-64 w-full" />
    </div>
  );
}

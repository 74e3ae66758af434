import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { LayoutDashboard } from "lucide-react";
import { Link, Navigate, useSearchParams } from "react-router";
import { useMay } from "@/api/me";
import type { components } from "@/api/schema";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { PlacePanels } from "@/components/panels";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { formatDays } from "@/lib/format";
import { AgentsTable, OwnersTable, SourcesTable } from "./breakdowns";
import { LeadFunnel, LeadsByDay, LeadsByStatus } from "./lead-charts";
import { type Days, readPeriod } from "./period";
import { PeriodPicker } from "./period-picker";
import { agentsQuery, dashboardQuery, funnelQuery } from "./queries";
import { RecentActivity } from "./recent-activity";
import { Tiles } from "./tiles";
import { useDays } from "./use-days";

/** The first screen: how things stand. Who may not see figures begins with the leads. */
export function Component() {
  return useMay("analytics:read") ? <Dashboard /> : <Navigate to="/leads" replace />;
}

function Dashboard() {
  const { t } = useLingui();
  const days = useDays(readPeriod(useSearchParams()[0]));
  const query = useQuery({
    ...dashboardQuery(days ?? {}),
    enabled: days !== null,
    placeholderData: keepPreviousData,
  });
  const { data } = query;
  return (
    <>
      <PageHeader title={t`Dashboard`} actions={<PeriodPicker shown={data?.period} />}>
        {data ? (
          <>
            {formatDays(data.period.from, data.period.to)} · {data.period.timeZone}
          </>
        ) : (
          <Skeleton className="my-0.5 w-44" />
        )}
      </PageHeader>
      {query.isError && !data ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : data && days ? (
        <div
          aria-busy={query.isPlaceholderData}
          className={clsx("flex flex-col gap-4 px-4 pb-6 sm:px-6", query.isPlaceholderData && "opacity-60")}
        >
          {query.isError && <ErrorState error={query.error} onRetry={() => query.refetch()} />}
          <Tiles dashboard={data} />
          <Panels dashboard={data} days={days} />
        </div>
      ) : (
        <Waiting />
      )}
    </>
  );
}

function Panels({ dashboard, days }: { dashboard: components["schemas"]["Dashboard"]; days: Days }) {
  const { leads, customers, recentActivity } = dashboard;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      {leads && leads.made.count + leads.converted.count === 0 && (
        <div className="lg:col-span-2">
          <NoLeads />
        </div>
      )}
      {leads && leads.made.count + leads.converted.count > 0 && (
        <>
          <div className="lg:col-span-2">
            <LeadsByDay leads={leads} />
          </div>
          <LeadsByStatus leads={leads} />
          <FunnelPanel days={days} />
          <AgentsPanel days={days} />
          <SourcesTable sources={leads.bySource} />
        </>
      )}
      <PlacePanels slot="dashboard.panel" />
      {customers && customers.total.count > 0 && <OwnersTable owners={customers.byOwner} />}
      <RecentActivity entries={recentActivity} />
    </div>
  );
}

function FunnelPanel({ days }: { days: Days }) {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(funnelQuery(days));
  if (data) return <LeadFunnel funnel={data} />;
  return (
    <Card title={t`How far leads have come`}>
      {error ? <ErrorState error={error} onRetry={refetch} /> : <Skeleton className="h-96 w-full" />}
    </Card>
  );
}

function AgentsPanel({ days }: { days: Days }) {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(agentsQuery(days));
  if (data) return <AgentsTable agents={data} />;
  return (
    <Card title={t`Agents`}>
      {error ? <ErrorState error={error} onRetry={refetch} /> : <Skeleton className="h-64 w-full" />}
    </Card>
  );
}

function NoLeads() {
  const { t } = useLingui();
  const mayCreate = useMay("lead:create");
  return (
    <Card>
      <EmptyState
        icon={LayoutDashboard}
        title={t`No lead was made or converted in these days`}
        actions={
          mayCreate && (
            <Link to="/leads/new" className={buttonClass({ variant: "primary" })}>
              <Trans>New lead</Trans>
            </Link>
          )
        }
      >
        <Trans>Choose other days, or begin with a lead.</Trans>
      </EmptyState>
    </Card>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-4 px-4 sm:px-6">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
          <Skeleton key={key} className="h-19 w-full" />
        ))}
      </div>
      <Skeleton className="h-80 w-full" />
    </div>
  );
}

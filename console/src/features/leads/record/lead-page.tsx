import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useParams } from "react-router";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useCustomLabels } from "@/components/custom-fields/use-custom-labels";
import { ErrorState } from "@/components/error-state";
import { reasonLabels, statusLabels } from "@/components/leads/status-labels";
import { PageHeader } from "@/components/page-header";
import { TasksPanel } from "@/components/tasks/tasks-panel";
import { Timeline } from "@/components/timeline/timeline";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { rememberRecent } from "@/stores/recent";
import { leadQuery } from "../queries";
import { type Lead, statuses, unqualifiedReasons } from "../status";
import { Duplicates } from "./duplicates";
import { LeadFields } from "./lead-fields";
import { LeadHeader } from "./lead-header";
import { LeadNotes } from "./lead-notes";
import { useLeadFieldLabels } from "./use-lead-field-labels";

export function Component() {
  const { id = "" } = useParams();
  // Another lead is another screen, although its address is of the same form.
  return <LeadPage key={id} id={id} />;
}

function LeadPage({ id }: { id: string }) {
  const { t } = useLingui();
  const { data: lead, error, refetch } = useQuery(leadQuery(id));
  if (lead) return <Loaded lead={lead} />;
  return (
    <>
      <PageHeader title={t`Lead`} />
      {error ? <ErrorState error={error} onRetry={refetch} /> : <Waiting />}
    </>
  );
}

function Loaded({ lead }: { lead: Lead }) {
  const { t, i18n } = useLingui();
  const { id, name } = lead;
  const custom = useCustomLabels("lead");
  const nameOfValue = (field: string, value: string) => {
    const status = field === "status" && statuses.find((known) => known === value);
    const reason = field === "unqualifiedReason" && unqualifiedReasons.find((known) => known === value);
    if (status) return i18n._(statusLabels[status]);
    return reason ? i18n._(reasonLabels[reason]) : custom.nameOfOption(field, value);
  };
  const fieldLabels = { ...useLeadFieldLabels(), ...custom.labels };
  useEffect(() => rememberRecent({ type: "lead", id, name }), [id, name]);
  return (
    <>
      <LeadHeader lead={lead} />
      <LeadNotes lead={lead} />
      {!lead.isArchived && !lead.convertedCustomerId && <Duplicates lead={lead} />}
      <div className="grid items-start gap-4 px-4 pb-6 sm:px-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4 lg:order-last">
          <LeadFields lead={lead} />
          <TasksPanel relatedTo={{ type: "Lead", id }} isReadOnly={lead.isArchived} />
        </div>
        <Card title={t`Timeline`}>
          <Timeline
            recordId={id}
            queryKey={["leads", "timeline", id]}
            fieldLabels={fieldLabels}
            nameOfValue={nameOfValue}
            load={(cursor, signal) =>
              unwrap(
                client.GET("/api/leads/{id}/timeline", {
                  params: { path: { id }, query: { limit: 30, ...(cursor && { cursor }) } },
                  signal,
                }),
              )
            }
          />
        </Card>
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

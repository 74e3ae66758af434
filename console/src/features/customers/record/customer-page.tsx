import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useParams } from "react-router";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useCustomLabels } from "@/components/custom-fields/use-custom-labels";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Panels } from "@/components/panels";
import { TasksPanel } from "@/components/tasks/tasks-panel";
import { Timeline } from "@/components/timeline/timeline";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { rememberRecent } from "@/stores/recent";
import type { CustomerRecord } from "../customer";
import { customerKeys, customerQuery } from "../queries";
import { CustomerFields } from "./customer-fields";
import { CustomerHeader } from "./customer-header";
import { Duplicates } from "./duplicates";
import { NoteForm } from "./note-form";
import { RemoveNote } from "./remove-note";
import { useCustomerFieldLabels } from "./use-customer-field-labels";

export function Component() {
  const { id = "" } = useParams();
  // Another customer is another screen, although its address is of the same form.
  return <CustomerPage key={id} id={id} />;
}

function CustomerPage({ id }: { id: string }) {
  const { t } = useLingui();
  const { data: customer, error, refetch } = useQuery(customerQuery(id));
  if (customer) return <Loaded customer={customer} />;
  return (
    <>
      <PageHeader title={t`Customer`} />
      {error ? <ErrorState error={error} onRetry={refetch} /> : <Waiting />}
    </>
  );
}

function Loaded({ customer }: { customer: CustomerRecord }) {
  const { t } = useLingui();
  const { id, name, isArchived } = customer;
  const custom = useCustomLabels("customer");
  const fieldLabels = { ...useCustomerFieldLabels(), ...custom.labels };
  useEffect(() => rememberRecent({ type: "customer", id, name }), [id, name]);
  return (
    <>
      <CustomerHeader customer={customer} />
      {isArchived ? <ArchivedNote customer={customer} /> : <Duplicates customer={customer} />}
      <div className="grid items-start gap-4 px-4 pb-6 sm:px-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4 lg:order-last">
          <CustomerFields customer={customer} />
          <TasksPanel relatedTo={{ type: "Customer", id }} isReadOnly={isArchived} />
          <Panels slot="customer.panel" recordId={id} />
        </div>
        <Card title={t`Timeline`}>
          {!isArchived && <NoteForm customerId={id} />}
          <Timeline
            recordId={id}
            queryKey={customerKeys.timeline(id)}
            fieldLabels={fieldLabels}
            nameOfValue={custom.nameOfOption}
            noteActions={(activity) => <RemoveNote customer={customer} activity={activity} />}
            load={(cursor, signal) =>
              unwrap(
                client.GET("/api/customers/{id}/timeline", {
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

function ArchivedNote({ customer }: { customer: CustomerRecord }) {
  return (
    <p className="mx-4 mb-4 rounded-md bg-amber-soft px-3 py-2 text-amber-on-soft sm:mx-6">
      {customer.mergedInto ? (
        <Trans>
          This customer was merged into{" "}
          <Link to={`/customers/${customer.mergedInto}`} className="font-medium underline">
            another one
          </Link>
          .
        </Trans>
      ) : (
        <Trans>This customer is archived. Restore it to change it.</Trans>
      )}
    </p>
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

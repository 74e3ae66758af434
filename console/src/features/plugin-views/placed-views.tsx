import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Table } from "@/components/ui/table";
import { FieldValue } from "./field-value";
import { fieldsOf } from "./fields";
import { type Call, listShape, takes, type View } from "./operation";
import { viewPages } from "./queries";
import { type Operations, useOperations } from "./use-view";

type Props = {
  views: readonly View[] /** The customer on whose page they stand. */;
  recordId?: string | undefined;
};

/** Views of plugins within a screen of ours. */
export default function PlacedViews({ views, recordId }: Props) {
  return views.map((view) => (
    <PlacedView key={`${view.plugin} ${view.title}`} view={view} recordId={recordId} />
  ));
}

function PlacedView({ view, recordId }: Omit<Props, "views"> & { view: View }) {
  const { operations, error, refetch } = useOperations(view);
  return (
    <Card title={view.title}>
      {operations?.list ? (
        <Rows view={view} operations={operations} list={operations.list} recordId={recordId} />
      ) : error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        !operations && <Skeleton className="h-16 w-full" />
      )}
    </Card>
  );
}

type RowsProps = { view: View; operations: Operations; list: Call; recordId: string | undefined };

const shown = 5;

function Rows({ view, operations: { document }, list, recordId }: RowsProps) {
  const filter = recordId !== undefined && takes(list, "customerId") ? { customerId: recordId } : {};
  const { data, error, refetch } = useQuery(viewPages(document, view, list, filter, "")(1));
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  if (!data) return <Skeleton className="h-16 w-full" />;
  if (data.rows.length === 0) {
    return (
      <p className="text-text-muted">
        <Trans>Nothing here yet</Trans>
      </p>
    );
  }
  const fields = fieldsOf(document, listShape(document, list)?.row ?? {}, view.fields);
  return (
    <Table
      label={view.title}
      head={fields.map(({ label }) => label)}
      texts={fields.flatMap(({ schema }, index) =>
        schema.type === "integer" || schema.type === "number" ? [] : [index],
      )}
      rows={data.rows.slice(0, shown).map((row) => ({
        key: row.id,
        cells: fields.map(({ name, schema }) => (
          <FieldValue key={name} name={name} schema={schema} value={row[name]} />
        )),
      }))}
    />
  );
}

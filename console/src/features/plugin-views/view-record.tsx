import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useCallback } from "react";
import { useNavigate } from "react-router";
import { Neighbours } from "@/components/data-grid/neighbours";
import { useNeighbours } from "@/components/data-grid/use-neighbours";
import { ErrorState } from "@/components/error-state";
import { FieldList, FieldRow, FieldText } from "@/components/field-list";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Skeleton } from "@/components/ui/skeleton";
import { readFilter } from "@/lib/list-state";
import type { AnyRecord } from "./call";
import { FieldValue } from "./field-value";
import { fieldsOf } from "./fields";
import { listOptions } from "./list-options";
import { answerSchema, type Call, type View } from "./operation";
import { type Row, recordQuery, viewPages } from "./queries";
import { type Operations, useMayCall } from "./use-view";

type Props = { view: View; operations: Operations; get: Call; id: string };

/** A record of a plugin, with all that is known of it. */
export function ViewRecord({ view, operations, get, id }: Props) {
  const { t } = useLingui();
  const { data: record, error, refetch } = useQuery(recordQuery(view, get, id));
  if (record) return <Loaded {...{ view, operations, get, id, record }} />;
  return (
    <>
      <PageHeader title={view.title} />
      {error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-64 w-full" />
          <span className="sr-only">{t`Loading…`}</span>
        </div>
      )}
    </>
  );
}

function Loaded({ view, operations, get, id, record }: Props & { record: AnyRecord }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { document, list, update } = operations;
  const mayUpdate = useMayCall(update);
  const named = fieldsOf(document, answerSchema(document, get), view.fields);
  const all = fieldsOf(document, answerSchema(document, get), []);
  const [title, ...others] = [...named, ...all.filter(({ name }) => !view.fields.includes(name))];
  const queryOf = useCallback(
    (search: URLSearchParams) => {
      if (!list) return () => recordRows(view);
      const { shape, sorts } = listOptions(document, list);
      const sort = sorts.find((known) => known === search.get("sort")) ?? sorts[0];
      return viewPages(document, view, list, readFilter(shape, search), sort);
    },
    [document, view, list],
  );
  const neighbours = useNeighbours<Row>(queryOf, (row) => `${view.place}/${row.id}`);

  return (
    <>
      <PageHeader
        title={String((title && record[title.name]) ?? view.title)}
        actions={
          update && (
            <GuardedButton
              disabledReason={!mayUpdate && t`You may not change this`}
              icon={<Pencil size={16} aria-hidden />}
              onClick={() => navigate(`${view.place}/${id}/edit`)}
            >
              <Trans>Edit</Trans>
            </GuardedButton>
          )
        }
      >
        <Neighbours neighbours={neighbours} to={view.place} label={view.title} />
      </PageHeader>
      <div className="px-4 pb-6 sm:px-6">
        <Card title={t`Details`} className="max-w-2xl">
          <FieldList>
            {others.map(({ name, label, schema }) => (
              <FieldRow key={name} label={label}>
                <FieldText>
                  <FieldValue name={name} schema={schema} value={record[name]} isLink />
                </FieldText>
              </FieldRow>
            ))}
          </FieldList>
        </Card>
      </div>
    </>
  );
}

/** A view without a list has no neighbours. */
const recordRows = (view: View) => ({
  queryKey: ["plugin", view.plugin, view.place, "none"],
  queryFn: async () => ({ rows: [], total: 0, isCapped: false }),
});

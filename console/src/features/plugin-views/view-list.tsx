import { Trans, useLingui } from "@lingui/react/macro";
import { Blocks, Plus } from "lucide-react";
import { useMemo } from "react";
import { Link } from "react-router";
import type { Column } from "@/components/data-grid/column";
import { DataGrid } from "@/components/data-grid/data-grid";
import { ListToolbar } from "@/components/data-grid/list-toolbar";
import { useColumns } from "@/components/data-grid/use-columns";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { Button, buttonClass } from "@/components/ui/button";
import { setParameter, useListState } from "@/lib/list-state";
import { FieldValue } from "./field-value";
import { fieldsOf } from "./fields";
import { listOptions } from "./list-options";
import { type Call, listShape, type View } from "./operation";
import { type Row, viewPages } from "./queries";
import { type Operations, useMayCall } from "./use-view";

type Props = { view: View; operations: Operations; list: Call };

const aligned = ["integer", "number"];

/** The records of a plugin: columns, filters and orders are those that the API document has. */
export function ViewList({ view, operations: { document, create }, list }: Props) {
  const options = useMemo(() => listOptions(document, list), [document, list]);
  const state = useListState(options.shape, options.sorts);
  const { filter, sort } = state;
  const pageQuery = useMemo(
    () => viewPages(document, view, list, filter, sort),
    [document, view, list, filter, sort],
  );
  const all = useMemo(() => {
    const fields = fieldsOf(document, listShape(document, list)?.row ?? {}, view.fields);
    return fields.map(
      ({ name, label, schema }): Column<Row> => ({
        id: name,
        header: label,
        width: 140,
        grow: 1,
        ...(options.sorts.includes(name) && { sort: name }),
        ...(schema.type && aligned.includes(schema.type) && { align: "end" }),
        cell: (row) => <FieldValue name={name} schema={schema} value={row[name]} />,
      }),
    );
  }, [document, list, view, options]);
  const standard = useMemo(() => all.map(({ id }) => id), [all]);
  const columns = useColumns(all, standard, state.columns);
  const { nameOf, hrefOf } = useMemo(() => {
    const [title] = standard;
    return {
      nameOf: (row: Row) => String(row[title ?? "id"] ?? row.id),
      hrefOf: (row: Row) => `${view.place}/${row.id}`,
    };
  }, [standard, view]);
  const isNarrowed = Object.keys(filter).length > 0;

  return (
    <>
      <PageHeader title={view.title} actions={<NewLink view={view} create={create} />} />
      <ListToolbar
        list={state}
        fields={options.filters}
        columns={all}
        shownColumns={columns}
        isSearchable={options.isSearchable}
      />
      <DataGrid
        label={view.title}
        columns={columns}
        pageQuery={pageQuery}
        exactTotal={undefined}
        sorting={{
          sort,
          onSortChange: (next) => state.change((parameters) => setParameter(parameters, "sort", next)),
        }}
        nameOf={nameOf}
        hrefOf={hrefOf}
        markedId={state.selected}
        empty={
          <NoRecords
            onClear={
              isNarrowed
                ? () =>
                    state.change((next) => {
                      for (const name of Object.keys(options.shape)) next.delete(name);
                    })
                : null
            }
            actions={<NewLink view={view} create={create} />}
          />
        }
      />
    </>
  );
}

function NewLink({ view, create }: { view: View; create: Call | null }) {
  const mayCreate = useMayCall(create);
  if (!mayCreate) return null;
  return (
    <Link to={`${view.place}/new`} className={buttonClass({ variant: "primary" })}>
      <Plus size={16} aria-hidden />
      <Trans>New</Trans>
    </Link>
  );
}

function NoRecords({ onClear, actions }: { onClear: (() => void) | null; actions: React.ReactNode }) {
  const { t } = useLingui();
  if (!onClear) return <EmptyState icon={Blocks} title={t`Nothing here yet`} actions={actions} />;
  return (
    <EmptyState
      icon={Blocks}
      title={t`Nothing is like this`}
      actions={
        <Button onClick={onClear}>
          <Trans>Clear filters</Trans>
        </Button>
      }
    />
  );
}

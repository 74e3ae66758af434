import { useLingui } from "@lingui/react/macro";
import { lazy, Suspense, useMemo } from "react";
import { Outlet } from "react-router";
import { useCustomFields } from "@/api/custom-fields";
import { useMay } from "@/api/me";
import { useCustomColumns } from "@/components/custom-fields/custom-columns";
import { useCustomFilters } from "@/components/custom-fields/custom-filters";
import { DataGrid } from "@/components/data-grid/data-grid";
import { ExportMenu } from "@/components/data-grid/export-menu";
import { ListToolbar } from "@/components/data-grid/list-toolbar";
import { useSelection } from "@/components/data-grid/selection";
import { useColumns } from "@/components/data-grid/use-columns";
import { useTotal } from "@/components/data-grid/use-total";
import { PageHeader } from "@/components/page-header";
import { SavedViews } from "@/components/saved-views/saved-views";
import { ViewSwitch } from "@/components/view-switch";
import { setParameter, useCustomListState } from "@/lib/list-state";
import { exportLeads, leadFilter, leadPages, leadSorts, leadTotal } from "../queries";
import { hrefOfLead, leadColumns, nameOfLead, standardColumns } from "./columns";
import { leadFilterFields } from "./lead-filters";
import { NewLeadLink, NoLeads } from "./no-leads";

const LeadBulkBar = lazy(() => import("./lead-bulk-bar"));
const LeadEditor = lazy(() => import("./lead-editor"));

export function Component() {
  const { t } = useLingui();
  const list = useCustomListState(leadFilter, leadSorts);
  const { filter, sort } = list;
  const pageQuery = useMemo(() => leadPages(filter, sort), [filter, sort]);
  const count = useTotal(pageQuery, leadTotal(filter));
  const fields = useCustomFields("lead");
  const allColumns = useCustomColumns(leadColumns, fields);
  const columns = useColumns(allColumns, standardColumns, list.columns);
  const selection = useSelection();
  const mayUpdate = useMay("lead:update");

  return (
    <>
      <PageHeader
        title={t`Leads`}
        aside={<SavedViews resource="lead" list={list} columns={columns.map(({ id }) => id)} />}
        actions={
          <>
            <ViewSwitch list="/leads" board="/leads/board" />
            <ExportMenu
              resource="lead"
              name={t`leads`}
              load={(format) => exportLeads(filter, sort, format)}
            />
            <NewLeadLink here="/leads" />
          </>
        }
      />
      <ListToolbar
        list={list}
        fields={useCustomFilters(leadFilterFields, fields)}
        columns={allColumns}
        shownColumns={columns}
      />
      <DataGrid
        label={t`Leads`}
        columns={columns}
        pageQuery={pageQuery}
        exactTotal={count.exact}
        sorting={{
          sort,
          onSortChange: (next) => list.change((parameters) => setParameter(parameters, "sort", next)),
        }}
        nameOf={nameOfLead}
        hrefOf={hrefOfLead}
        selection={selection}
        Editor={mayUpdate && !filter.isArchived ? LeadEditor : undefined}
        markedId={list.selected}
        empty={<NoLeads list={list} here="/leads" />}
      />
      <Suspense>
        {(selection.isAll || selection.ids.size > 0) && (
          <LeadBulkBar selection={selection} filter={filter} total={count.total} isCapped={count.isCapped} />
        )}
      </Suspense>
      <Outlet />
    </>
  );
}

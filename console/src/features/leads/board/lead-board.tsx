import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Outlet } from "react-router";
import { BoardSkeleton } from "@/components/board/board-skeleton";
import { BoardToolbar } from "@/components/board/board-toolbar";
import { useColumns } from "@/components/data-grid/use-columns";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { SavedViews } from "@/components/saved-views/saved-views";
import { ViewSwitch } from "@/components/view-switch";
import { type ListState, useListState } from "@/lib/list-state";
import { leadColumns, standardColumns } from "../list/columns";
import { leadFilterFields } from "../list/lead-filters";
import { NewLeadLink, NoLeads } from "../list/no-leads";
import { type LeadFilter, type LeadSort, leadFilter, leadSorts } from "../queries";
import { leadBoardQuery } from "./board-query";
import { StatusBoard } from "./status-board";

/** Leads by their status. */
export function Component() {
  const { t } = useLingui();
  const list = useListState(leadFilter, leadSorts);
  // A view that is saved here is one of the list too.
  const columns = useColumns(leadColumns, standardColumns, list.columns);
  return (
    <>
      <PageHeader
        title={t`Leads`}
        aside={<SavedViews resource="lead" list={list} columns={columns.map(({ id }) => id)} />}
        actions={
          <>
            <ViewSwitch list="/leads" board="/leads/board" />
            <NewLeadLink here="/leads/board" />
          </>
        }
      />
      <BoardToolbar list={list} fields={leadFilterFields} />
      <Loaded list={list} />
      <Outlet />
    </>
  );
}

function Loaded({ list }: { list: ListState<LeadFilter, LeadSort> }) {
  const query = leadBoardQuery(list.filter, list.sort);
  const { data: columns, error, refetch } = useQuery(query);
  if (!columns) return error ? <ErrorState error={error} onRetry={refetch} /> : <BoardSkeleton />;
  if (columns.every(({ total }) => total === 0)) return <NoLeads list={list} here="/leads/board" />;
  return <StatusBoard columns={columns} list={list} queryKey={query.queryKey} />;
}

import { useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import { Outlet } from "react-router";
import { DataGrid } from "@/components/data-grid/data-grid";
import { ListToolbar } from "@/components/data-grid/list-toolbar";
import { useColumns } from "@/components/data-grid/use-columns";
import { useTotal } from "@/components/data-grid/use-total";
import { PageHeader } from "@/components/page-header";
import { setParameter, useListState } from "@/lib/list-state";
import { hrefOfDeal, nameOfDeal } from "../deal";
import { useDealFilters } from "../deal-filters";
import { NoDeals } from "../no-deals";
import { dealFilter, dealPages, dealSorts, dealTotal } from "../queries";
import { DealViews, PipelinePicker } from "../views";
import { dealColumns, standardColumns } from "./columns";

const here = "/deals/list";

export function Component() {
  const { t } = useLingui();
  const list = useListState(dealFilter, dealSorts);
  const { filter, sort } = list;
  const pageQuery = useMemo(() => dealPages(filter, sort), [filter, sort]);
  const count = useTotal(pageQuery, dealTotal(filter));
  const columns = useColumns(dealColumns, standardColumns, list.columns);
  const fields = useDealFilters(filter.pipelineId);

  return (
    <>
      <PageHeader
        title={t`Deals`}
        aside={<PipelinePicker list={list} pipelineId={filter.pipelineId ?? null} hasAll />}
        actions={<DealViews here={here} />}
      />
      <ListToolbar list={list} fields={fields} columns={dealColumns} shownColumns={columns} />
      <DataGrid
        label={t`Deals`}
        columns={columns}
        pageQuery={pageQuery}
        exactTotal={count.exact}
        sorting={{
          sort,
          onSortChange: (next) => list.change((parameters) => setParameter(parameters, "sort", next)),
        }}
        nameOf={nameOfDeal}
        hrefOf={hrefOfDeal}
        markedId={list.selected}
        empty={<NoDeals list={list} here={here} />}
      />
      <Outlet />
    </>
  );
}

import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Outlet } from "react-router";
import { BoardSkeleton } from "@/components/board/board-skeleton";
import { BoardToolbar } from "@/components/board/board-toolbar";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { type ListState, useListState } from "@/lib/list-state";
import type { Pipeline } from "../deal";
import { useDealFilters } from "../deal-filters";
import { NoDeals } from "../no-deals";
import { type DealFilter, dealFilter, dealSorts, pipelinesQuery } from "../queries";
import { DealViews, PipelinePicker } from "../views";
import { boardQuery } from "./board-query";
import { PipelineBoard } from "./pipeline-board";

/** Deals by the stages of a pipeline. */
export function Component() {
  const { t } = useLingui();
  const list = useListState(dealFilter, dealSorts);
  const pipelines = useQuery(pipelinesQuery);
  const pipeline = chosenPipeline(pipelines.data ?? [], list.filter);
  const fields = useDealFilters(pipeline?.id);
  return (
    <>
      <PageHeader
        title={t`Deals`}
        aside={<PipelinePicker list={list} pipelineId={pipeline?.id ?? null} />}
        actions={<DealViews here="/deals" />}
      />
      <BoardToolbar list={list} fields={fields} />
      {pipeline ? (
        <Loaded pipeline={pipeline} list={list} />
      ) : pipelines.isError ? (
        <ErrorState error={pipelines.error} onRetry={() => pipelines.refetch()} />
      ) : (
        <BoardSkeleton />
      )}
      <Outlet />
    </>
  );
}

/** The one of the URL: by itself, or by one of its stages. */
function chosenPipeline(pipelines: readonly Pipeline[], { pipelineId, stageId }: DealFilter) {
  return (
    pipelines.find(({ id }) => id === pipelineId) ??
    pipelines.find(({ stages }) => stages.some(({ id }) => id === stageId)) ??
    pipelines[0]
  );
}

function Loaded({ pipeline, list }: { pipeline: Pipeline; list: ListState<DealFilter, string> }) {
  const query = boardQuery(pipeline, list.filter);
  const { data: columns, error, refetch } = useQuery(query);
  if (!columns) return error ? <ErrorState error={error} onRetry={refetch} /> : <BoardSkeleton />;
  if (columns.every(({ total }) => total === 0)) {
    return <NoDeals list={list} here="/deals" />;
  }
  return (
    <PipelineBoard
      pipeline={pipeline}
      columns={columns}
      filter={list.filter}
      queryKey={query.queryKey}
      markedId={list.selected}
    />
  );
}

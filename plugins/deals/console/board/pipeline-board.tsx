import { useLingui } from "@lingui/react/macro";
import type { QueryKey } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Board } from "@/components/board/board";
import { buttonOfCard, type Place } from "@/components/board/board-data";
import { useLoadMore } from "@/components/board/use-load-more";
import { notifyError } from "@/components/problem";
import { type Deal, hrefOfDeal, nameOfDeal, type Pipeline } from "../deal";
import { useMayDeal } from "../may";
import { formatSums } from "../money";
import type { DealFilter } from "../queries";
import { type DealMove, useMoveDeal } from "../use-move-deal";
import { type DealColumn, loadMore, sumsOf } from "./board-query";
import { DealCard } from "./deal-card";

const LostDialog = lazy(() => import("../lost-dialog"));

type Props = {
  pipeline: Pipeline;
  columns: readonly DealColumn[];
  filter: DealFilter;
  /** Of the query that the columns are the data of. */
  queryKey: QueryKey;
  markedId: string | null;
};

/** The columns of a pipeline, and what becomes of a card that is moved. */
export function PipelineBoard({ pipeline, columns, filter, queryKey, markedId }: Props) {
  const { t } = useLingui();
  const mayMove = useMayDeal("update");
  const more = useLoadMore(queryKey, (column: DealColumn) => loadMore(column, filter));
  const [asking, setAsking] = useState<DealMove | null>(null);
  const [said, setSaid] = useState("");
  const move = useMoveDeal({
    onMoved: ({ name, stage }) => setSaid(t`${name} is in ${stage.name}`),
    onFailed: (error, { name, stage }) => {
      setSaid(t`${name} was not moved, and is in ${stage.name} again`);
      notifyError(error);
    },
  });

  const onMove = (deal: Deal, { columnId, ...beside }: Place) => {
    const stage = columns.find(({ id }) => id === columnId)?.stage;
    if (!stage || (stage.id === deal.stage.id && Object.keys(beside).length === 0)) return;
    const wanted = { deal, stage, beside };
    if (stage.kind === "lost" && deal.stage.kind !== "lost") setAsking(wanted);
    else move.mutate(wanted);
  };

  return (
    <>
      <Board<Deal, DealColumn>
        label={t`Deals in ${pipeline.name}`}
        columns={columns}
        nameOfColumn={({ stage }) => stage.name}
        sumOfColumn={(column) => {
          const sums = sumsOf(column);
          return sums && sums.length > 0 ? formatSums(sums) : null;
        }}
        nameOf={nameOfDeal}
        hrefOf={hrefOfDeal}
        renderCard={(deal) => <DealCard deal={deal} />}
        isRanked
        isMovable={({ isArchived }) => mayMove && !isArchived}
        onMove={onMove}
        onMore={more.load}
        moreState={more.stateOf}
        markedId={markedId}
        said={said}
      />
      <Suspense>
        {asking && (
          <LostDialog
            deal={asking.deal}
            finalFocus={() => buttonOfCard(asking.deal.id)}
            onClose={() => setAsking(null)}
            onConfirm={(lostReason) => {
              setAsking(null);
              move.mutate({ ...asking, lostReason });
            }}
          />
        )}
      </Suspense>
    </>
  );
}

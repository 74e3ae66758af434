import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { BoardColumn, Place } from "@/components/board/board-data";
import { joinCards, placeCard } from "@/components/board/board-data";
import type { Deal, Pipeline, Stage, Sum } from "../deal";
import { type DealFilter, dealKeys } from "../queries";

export type DealColumn = BoardColumn<Deal> & {
  stage: Stage;
  /** What all of its deals add up to; `null` where that is not known. */
  sums: readonly Sum[] | null;
  /** Where its list goes on; `null` while it has only been begun by the board. */
  cursor: string | null;
};

const firstCards = 20;
/** As many as the board gives of each stage. */
const mostCards = 50;
const moreCards = 50;

/** What the server's own board can be narrowed by; else each column is a list. */
function isPlain({ pipelineId: _, stageId: __, kind: ___, owner: ____, ...others }: DealFilter): boolean {
  return Object.keys(others).length === 0;
}

export const boardQuery = (pipeline: Pipeline, filter: DealFilter) =>
  queryOptions({
    // The stages are a part of it: a board must not show those that are gone.
    queryKey: [...dealKeys.boards, { pipelineId: pipeline.id, version: pipeline.version }, filter],
    queryFn: async ({ client: queryClient, queryKey, signal }): Promise<DealColumn[]> => {
      const stages = pipeline.stages.filter(
        ({ id, kind }) =>
          (!filter.stageId || id === filter.stageId) && (!filter.kind || filter.kind.includes(kind)),
      );
      if (!isPlain(filter)) return Promise.all(stages.map((stage) => loadColumn(stage, filter, signal)));
      // Asked again because of others, it does not become shorter beneath who reads it.
      const before = queryClient.getQueryData<DealColumn[]>(queryKey) ?? [];
      const loaded = before.map(({ cards }) => cards.length);
      const query = {
        pipelineId: pipeline.id,
        cards: Math.min(mostCards, Math.max(firstCards, ...loaded)),
        ...(filter.owner && { owner: filter.owner }),
      };
      const board = await unwrap(client.GET("/api/deals/board", { params: { query }, signal }));
      const shown = board.columns.filter((column) => stages.some(({ id }) => id === column.stage.id));
      return shown.map(({ stage, deals, sums, totalDeals, totalIsCapped }) => ({
        id: stage.id,
        stage,
        cards: deals,
        sums,
        total: totalDeals,
        isCapped: totalIsCapped,
        hasMore: totalDeals > deals.length,
        cursor: null,
      }));
    },
  });

async function loadList(
  stageId: string,
  filter: DealFilter,
  limit: number,
  cursor: string | null,
  signal?: AbortSignal,
) {
  const { pipelineId: _, stageId: __, kind: ___, ...others } = filter;
  const query = { ...others, stageId, sort: "rank", limit, ...(cursor && { cursor }) } as const;
  return unwrap(client.GET("/api/deals", { params: { query }, signal }));
}

async function loadColumn(stage: Stage, filter: DealFilter, signal: AbortSignal): Promise<DealColumn> {
  const list = await loadList(stage.id, filter, firstCards, null, signal);
  return {
    id: stage.id,
    stage,
    cards: list.deals,
    sums: null,
    total: list.totalDeals ?? 0,
    isCapped: list.totalIsCapped,
    hasMore: list.nextCursor !== null,
    cursor: list.nextCursor,
  };
}

/** A column with the cards behind those that it has. The board tells no cursor, so its list is begun anew. */
export async function loadMore(column: DealColumn, filter: DealFilter) {
  const { deals, nextCursor } = await loadList(column.id, filter, moreCards, column.cursor);
  return (current: DealColumn): DealColumn => ({
    ...current,
    cards: joinCards(current.cards, deals),
    cursor: nextCursor,
    hasMore: nextCursor !== null,
  });
}

/** Puts a deal where it goes, and its amount with it. */
export function moveDeal(columns: readonly DealColumn[], deal: Deal, to: Place): DealColumn[] {
  const from = columns.find(({ cards }) => cards.some(({ id }) => id === deal.id));
  const before = from?.cards.find(({ id }) => id === deal.id);
  return placeCard<Deal, DealColumn>(columns, deal, to).map((column) => {
    if (column.id === from?.id && column.id === to.columnId) return column;
    if (column.id === from?.id && before) return { ...column, sums: addAmount(column.sums, before, -1) };
    if (column.id === to.columnId) return { ...column, sums: addAmount(column.sums, deal, 1) };
    return column;
  });
}

/** What a column adds up to, where all of it is known. */
export const sumsOf = ({ sums, cards, hasMore }: DealColumn): readonly Sum[] | null =>
  sums ?? (hasMore ? null : cards.reduce<readonly Sum[]>((sum, deal) => addAmount(sum, deal, 1) ?? sum, []));

function addAmount(
  sums: readonly Sum[] | null,
  { amount: money }: Deal,
  sign: 1 | -1,
): readonly Sum[] | null {
  if (!sums || !money) return sums;
  const { amount, currency } = money;
  const none: Sum = { currency, amount: 0, weighted: 0, deals: 0 };
  const known = sums.find((sum) => sum.currency === currency) ?? none;
  const next = { ...known, amount: known.amount + sign * amount, deals: known.deals + sign };
  return [...sums.filter((sum) => sum !== known), next].filter(({ deals }) => deals > 0);
}

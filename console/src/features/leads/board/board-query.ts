import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { type BoardColumn, joinCards } from "@/components/board/board-data";
import { type LeadFilter, type LeadSort, leadKeys } from "../queries";
import { type Lead, type LeadStatus, statuses } from "../status";

export type LeadColumn = BoardColumn<Lead> & {
  id: LeadStatus;
  /** Where its list goes on; `null` at the end. */
  cursor: string | null;
};

const firstCards = 20;
const moreCards = 50;

/** Each status is a list of its own. Those that the filter leaves out are not shown. */
export const leadBoardQuery = (filter: LeadFilter, sort: LeadSort) =>
  queryOptions({
    queryKey: [...leadKeys.boards, filter, sort],
    queryFn: ({ signal }) => {
      const shown = statuses.filter((status) => filter.status?.includes(status) ?? true);
      return Promise.all(shown.map((status) => loadColumn(status, filter, sort, signal)));
    },
  });

async function loadColumn(
  id: LeadStatus,
  filter: LeadFilter,
  sort: LeadSort,
  signal: AbortSignal,
): Promise<LeadColumn> {
  const query = { ...filter, status: [id], sort, limit: firstCards };
  const { leads, totalLeads, totalIsCapped, nextCursor } = await unwrap(
    client.GET("/api/leads", { params: { query }, signal }),
  );
  return {
    id,
    cards: leads,
    total: totalLeads ?? 0,
    isCapped: totalIsCapped,
    hasMore: nextCursor !== null,
    cursor: nextCursor,
  };
}

/** How a column is with the cards behind those that it has. */
export async function loadMoreLeads({ id, cursor }: LeadColumn, filter: LeadFilter, sort: LeadSort) {
  const query = { ...filter, status: [id], sort, limit: moreCards, ...(cursor && { cursor }) };
  const { leads, nextCursor } = await unwrap(client.GET("/api/leads", { params: { query } }));
  return (current: LeadColumn): LeadColumn => ({
    ...current,
    cards: joinCards(current.cards, leads),
    hasMore: nextCursor !== null,
    cursor: nextCursor,
  });
}

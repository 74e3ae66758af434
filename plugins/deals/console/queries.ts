import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { type PageQuery, pageSize } from "@/components/data-grid/pages";
import type { TotalQuery } from "@/components/data-grid/use-total";
import { type FilterOf, flag, manyOf, readFilter, text } from "@/lib/list-state";
import { type Deal, type Pipeline, stageKinds } from "./deal";

/** What the list and the board can be narrowed by: the parameters of `GET /api/deals`. */
export const dealFilter = {
  search: text,
  pipelineId: text,
  stageId: text,
  kind: manyOf(stageKinds),
  owner: text,
  customerId: text,
  expectedCloseFrom: text,
  expectedCloseTo: text,
  closedFrom: text,
  closedTo: text,
  isStale: flag,
  isArchived: flag,
};

export type DealFilter = FilterOf<typeof dealFilter>;

export const dealSorts = [
  "-createdAt",
  "createdAt",
  "-updatedAt",
  "updatedAt",
  "name",
  "-name",
  "amount",
  "-amount",
  "expectedCloseDate",
  "-expectedCloseDate",
] as const;
export type DealSort = (typeof dealSorts)[number];

/** All of it that may be old after any change of a deal. */
export const dealKeys = {
  all: ["deals"],
  /** Whatever holds `rows` of deals. */
  lists: ["deals", "list"],
  boards: ["deals", "board"],
  figures: ["deals", "figures"],
  record: (id: string) => ["deals", "record", id],
  history: (id: string) => ["deals", "history", id],
  timeline: (id: string) => ["deals", "timeline", id],
};

export const dealPages =
  (filter: DealFilter, sort: DealSort): PageQuery<Deal> =>
  (page) => ({
    queryKey: [...dealKeys.lists, filter, sort, page],
    queryFn: async ({ signal }) => {
      const query = { ...filter, sort, page, limit: pageSize };
      const { deals, totalDeals, totalIsCapped } = await unwrap(
        client.GET("/api/deals", { params: { query }, signal }),
      );
      return { rows: deals, total: totalDeals ?? 0, isCapped: totalIsCapped };
    },
  });

/** The list at this address. */
export function dealsOf(search: URLSearchParams): PageQuery<Deal> {
  const sort = dealSorts.find((known) => known === search.get("sort")) ?? dealSorts[0];
  return dealPages(readFilter(dealFilter, search), sort);
}

/** How many there are, counted to the end. */
export const dealTotal = (filter: DealFilter): TotalQuery => ({
  queryKey: ["deals", "total", filter],
  queryFn: async ({ signal }) => {
    const query = { ...filter, limit: 1, count: "exact" } as const;
    const { totalDeals } = await unwrap(client.GET("/api/deals", { params: { query }, signal }));
    return totalDeals ?? 0;
  },
});

/** The newest deals of a customer. */
export const customerDealsQuery = (customerId: string) =>
  queryOptions({
    queryKey: [...dealKeys.lists, "of", customerId],
    queryFn: async ({ signal }) => {
      const query = { customerId, limit: 10 };
      const { deals, totalDeals } = await unwrap(client.GET("/api/deals", { params: { query }, signal }));
      return { rows: deals, total: totalDeals ?? 0 };
    },
  });

export const dealQuery = (id: string) =>
  queryOptions({
    queryKey: dealKeys.record(id),
    queryFn: ({ signal }) => unwrap(client.GET("/api/deals/{id}", { params: { path: { id } }, signal })),
  });

export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: dealKeys.history(id),
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/deals/{id}/history", { params: { path: { id }, query: { limit: 100 } }, signal }),
      ),
  });

export const figuresQuery = queryOptions({
  queryKey: dealKeys.figures,
  queryFn: ({ signal }) => unwrap(client.GET("/api/deals/figures", { signal })),
});

export const pipelineKeys = ["pipelines"];

/** All pipelines with their stages, the oldest first. */
export const pipelinesQuery = queryOptions({
  queryKey: pipelineKeys,
  queryFn: async ({ signal }) => (await unwrap(client.GET("/api/deals/pipelines", { signal }))).pipelines,
});

export const stageIn = (pipelines: readonly Pipeline[], id: string) =>
  pipelines.flatMap(({ stages }) => stages).find((stage) => stage.id === id);

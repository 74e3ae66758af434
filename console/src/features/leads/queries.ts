import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { type PageQuery, pageSize } from "@/components/data-grid/pages";
import type { TotalQuery } from "@/components/data-grid/use-total";
import {
  type CustomSort,
  type FilterOf,
  flag,
  manyOf,
  oneOf,
  readFilter,
  readSort,
  text,
  texts,
} from "@/lib/list-state";
import { type Lead, statuses } from "./status";

/** What the list can be narrowed by: the parameters of `GET /api/leads`. */
export const leadFilter = {
  search: text,
  status: manyOf(statuses),
  assignedAgent: text,
  hasAgent: flag,
  notAgent: texts,
  source: text,
  hasSource: flag,
  notSource: texts,
  tag: text,
  createdFrom: text,
  createdTo: text,
  convertedFrom: text,
  convertedTo: text,
  isArchived: flag,
  "custom.*": texts,
  scope: oneOf(["own", "queue", "team", "all"]),
};

export type LeadFilter = FilterOf<typeof leadFilter>;

export const leadSorts = ["-createdAt", "createdAt", "-updatedAt", "updatedAt", "name", "-name"] as const;
type ExportFormat = components["schemas"]["ExportFormat"];
export type LeadSort = (typeof leadSorts)[number] | CustomSort;

/** All of it that may be old after any change of a lead. */
export const leadKeys = {
  all: ["leads"],
  /** Whatever holds `rows` of leads. */
  lists: ["leads", "list"],
  boards: ["leads", "board"],
  record: (id: string) => ["leads", "record", id],
};

export const leadPages =
  (filter: LeadFilter, sort: LeadSort): PageQuery<Lead> =>
  (page) => ({
    queryKey: [...leadKeys.lists, filter, sort, page],
    queryFn: async ({ signal }) => {
      const query = { ...filter, sort, page, limit: pageSize };
      const { leads, totalLeads, totalIsCapped } = await unwrap(
        client.GET("/api/leads", { params: { query }, signal }),
      );
      return { rows: leads, total: totalLeads ?? 0, isCapped: totalIsCapped };
    },
  });

/** The list at this address. */
export function leadsOf(search: URLSearchParams): PageQuery<Lead> {
  return leadPages(readFilter(leadFilter, search), readSort(leadSorts, search));
}

/** How many there are, counted to the end. */
export const leadTotal = (filter: LeadFilter): TotalQuery => ({
  queryKey: ["leads", "total", filter],
  queryFn: async ({ signal }) => {
    const query = { ...filter, limit: 1, count: "exact" } as const;
    const { totalLeads } = await unwrap(client.GET("/api/leads", { params: { query }, signal }));
    return totalLeads ?? 0;
  },
});

export const leadQuery = (id: string) =>
  queryOptions({
    queryKey: leadKeys.record(id),
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}", { params: { path: { id } }, signal })),
  });

/** The leads that may be the same as one. */
export const duplicateLeadsQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "duplicates", id],
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      return (await unwrap(client.GET("/api/leads/{id}/duplicates", { params, signal }))).candidates;
    },
  });

export const exportLeads = (filter: LeadFilter, sort: LeadSort, format: ExportFormat) =>
  unwrap(
    client.GET("/api/leads/export", { params: { query: { ...filter, sort, format } }, parseAs: "blob" }),
  );

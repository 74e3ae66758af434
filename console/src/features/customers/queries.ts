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
  oneOf,
  readFilter,
  readSort,
  text,
  texts,
} from "@/lib/list-state";
import type { Customer } from "./customer";

/** What the list can be narrowed by: the parameters of `GET /api/customers`. */
export const customerFilter = {
  search: text,
  owner: text,
  hasOwner: flag,
  notOwner: texts,
  tag: text,
  createdFrom: text,
  createdTo: text,
  isArchived: flag,
  "custom.*": texts,
  scope: oneOf(["own", "team", "all"]),
};

export type CustomerFilter = FilterOf<typeof customerFilter>;

export const customerSorts = ["-createdAt", "createdAt", "-updatedAt", "updatedAt", "name", "-name"] as const;
export type CustomerSort = (typeof customerSorts)[number] | CustomSort;
type ExportFormat = components["schemas"]["ExportFormat"];

/** All of it that may be old after any change of a customer. */
export const customerKeys = {
  all: ["customers"],
  lists: ["customers", "list"],
  record: (id: string) => ["customers", "record", id],
  timeline: (id: string) => ["customers", "timeline", id],
  notes: (id: string) => ["customers", "notes", id],
  duplicates: (id: string) => ["customers", "duplicates", id],
};

export const customerPages =
  (filter: CustomerFilter, sort: CustomerSort): PageQuery<Customer> =>
  (page) => ({
    queryKey: [...customerKeys.lists, filter, sort, page],
    queryFn: async ({ signal }) => {
      const query = { ...filter, sort, page, limit: pageSize };
      const { customers, totalCustomers, totalIsCapped } = await unwrap(
        client.GET("/api/customers", { params: { query }, signal }),
      );
      return { rows: customers, total: totalCustomers ?? 0, isCapped: totalIsCapped };
    },
  });

/** The list at this address. */
export function customersOf(search: URLSearchParams): PageQuery<Customer> {
  return customerPages(readFilter(customerFilter, search), readSort(customerSorts, search));
}

export const customerTotal = (filter: CustomerFilter): TotalQuery => ({
  queryKey: ["customers", "total", filter],
  queryFn: async ({ signal }) => {
    const query = { ...filter, limit: 1, count: "exact" } as const;
    const { totalCustomers } = await unwrap(client.GET("/api/customers", { params: { query }, signal }));
    return totalCustomers ?? 0;
  },
});

export const exportCustomers = (filter: CustomerFilter, sort: CustomerSort, format: ExportFormat) =>
  unwrap(
    client.GET("/api/customers/export", { params: { query: { ...filter, sort, format } }, parseAs: "blob" }),
  );

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: customerKeys.record(id),
    queryFn: ({ signal }) => unwrap(client.GET("/api/customers/{id}", { params: { path: { id } }, signal })),
  });

export const duplicatesQuery = (id: string) =>
  queryOptions({
    queryKey: customerKeys.duplicates(id),
    queryFn: async ({ signal }) => {
      const path = { id };
      return (await unwrap(client.GET("/api/customers/{id}/duplicates", { params: { path }, signal })))
        .candidates;
    },
  });

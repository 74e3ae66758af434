import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { Days } from "./period";

/** Figures are old sooner than records: nothing tells us of what others did to all of them. */
const fresh = { staleTime: 60_000, placeholderData: keepPreviousData };

export const dashboardQuery = (days: Days) =>
  queryOptions({
    queryKey: ["analytics", "dashboard", days],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/analytics/dashboard", { params: { query: days }, signal })),
    ...fresh,
  });

export const funnelQuery = (days: Days) =>
  queryOptions({
    queryKey: ["analytics", "funnel", days],
    queryFn: ({ signal }) => unwrap(client.GET("/api/analytics/funnel", { params: { query: days }, signal })),
    ...fresh,
  });

export const agentsQuery = (days: Days) =>
  queryOptions({
    queryKey: ["analytics", "agents", days],
    queryFn: ({ signal }) => unwrap(client.GET("/api/analytics/agents", { params: { query: days }, signal })),
    ...fresh,
  });

/** Which day it is in the workspace's zone: the last one of a period that names none. */
export const todayQuery = queryOptions({
  queryKey: ["analytics", "today"],
  queryFn: async ({ signal }) =>
    (await unwrap(client.GET("/api/analytics/leads-by-status", { signal }))).period.to,
  staleTime: 60_000,
});

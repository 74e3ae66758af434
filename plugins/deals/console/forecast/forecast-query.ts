import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";

/** Which months are told of: those from this one on, or those of a year. */
export type Period = { from: string; to: string } | null;

export const forecastQuery = (period: Period) =>
  queryOptions({
    queryKey: ["deals", "forecast", period],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/deals/forecast", { params: { query: period ?? {} }, signal })),
  });

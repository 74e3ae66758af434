import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";
import type { components } from "./schema";

export type View = components["schemas"]["View"];
export type ViewedResource = components["schemas"]["ViewedResource"];

export const viewsQuery = (resource: ViewedResource) =>
  queryOptions({
    queryKey: ["views", resource],
    queryFn: async ({ signal }) =>
      (await unwrap(client.GET("/api/views", { params: { query: { resource } }, signal }))).views,
  });

import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";
import type { components } from "./schema";

export type Permission = components["schemas"]["Permission"];
export type Grant = components["schemas"]["PermissionGrant"];
export type Scope = components["schemas"]["Scope"];

/** All that can be permitted, that of one kind of record together. */
export const permissionsQuery = queryOptions({
  queryKey: ["permissions"],
  queryFn: async ({ signal }) => (await unwrap(client.GET("/api/authz/permissions", { signal }))).permissions,
  staleTime: Number.POSITIVE_INFINITY,
});

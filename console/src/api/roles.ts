import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";
import type { components } from "./schema";

export type Role = components["schemas"]["Role"];

export const rolesQuery = queryOptions({
  queryKey: ["roles"],
  queryFn: async ({ signal }) => (await unwrap(client.GET("/api/roles", { signal }))).roles,
});

import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";
import type { components } from "./schema";

export type Team = components["schemas"]["Team"];

export const teamsQuery = queryOptions({
  queryKey: ["teams"],
  queryFn: async ({ signal }) => (await unwrap(client.GET("/api/teams", { signal }))).teams,
});

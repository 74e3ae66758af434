import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";

export type AssignmentRule = components["schemas"]["AssignmentRule"];

export const rulesQuery = queryOptions({
  queryKey: ["assignment-rules"],
  queryFn: async ({ signal }) =>
    (await unwrap(client.GET("/api/assignment-rules", { signal }))).assignmentRules,
});

import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/auth/me", { signal })),
});

export const metaQuery = queryOptions({
  queryKey: ["meta"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/meta", { signal })),
});

/** Who is signed in. The layout has asked before any screen is drawn. */
export function useMe() {
  return useSuspenseQuery(meQuery).data;
}

/** Whether somebody may do something to at least some records: `useMay("lead:create")`. */
export function useMay(permission: string): boolean {
  return useMe().permissions.some((grant) => grant.permission === permission);
}

/** Whether it may be done to this very record, which for narrow grants only the server can tell. */
export function useMayRecord(resource: string, action: string, id: string): boolean {
  const grant = useMe().permissions.find(({ permission }) => permission === `${resource}:${action}`);
  const depends = grant !== undefined && grant.scope !== "all";
  const explanation = useQuery({
    queryKey: ["authz", resource, action, id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/authz/explain", { params: { query: { resource, action, id } }, signal })),
    enabled: depends,
  });
  return depends ? (explanation.data?.isAllowed ?? false) : grant !== undefined;
}

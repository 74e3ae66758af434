import { queryOptions, useQuery } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";
import { useMay, useMe } from "./me";
import type { components } from "./schema";

export type User = components["schemas"]["User"];

/** All of it that may be old after any change of a user. */
export const usersKey = ["users"];

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: [...usersKey, "record", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/users/{id}", { params: { path: { id } }, signal })),
  });

const usersQuery = (search: string) =>
  queryOptions({
    queryKey: [...usersKey, "pick", search],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/users", {
          params: { query: { ...(search && { search }), isActive: true, isService: false, limit: 50 } },
          signal,
        }),
      ),
  });

/** Who may be chosen as agent or owner: those that one may see, or else oneself. */
export function useAssignable(search = "") {
  const me = useMe();
  const maySee = useMay("user:read");
  const users = useQuery({ ...usersQuery(search), enabled: maySee });
  return { users: maySee ? (users.data?.users ?? none) : [me], isPending: maySee && users.isPending };
}

const none: { id: string; name: string; emailId: string }[] = [];

/** The name of a user, where only the id is known. */
export function useUserName(id: string | null): string {
  const me = useMe();
  const { data } = useQuery({ ...userQuery(id ?? ""), enabled: id !== null && id !== me.id });
  return id === me.id ? me.name : (data?.name ?? "…");
}

import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { type User, usersKey } from "@/api/users";
import { type PageQuery, pageSize } from "@/components/data-grid/pages";
import { type FilterOf, flag, readFilter, text } from "@/lib/list-state";

/** What the list can be narrowed by: the parameters of `GET /api/users`. */
export const userFilter = { search: text, role: text, team: text, isActive: flag, isService: flag };

export type UserFilter = FilterOf<typeof userFilter>;

export const userPages =
  (filter: UserFilter): PageQuery<User> =>
  (page) => ({
    queryKey: [...usersKey, "list", filter, page],
    queryFn: async ({ signal }) => {
      const query = { ...filter, page, limit: pageSize };
      const { users, totalUsers } = await unwrap(client.GET("/api/users", { params: { query }, signal }));
      return { rows: users, total: totalUsers, isCapped: false };
    },
  });

/** The list at this address. */
export const usersOf = (search: URLSearchParams) => userPages(readFilter(userFilter, search));

export const userSessionsQuery = (id: string) =>
  queryOptions({
    queryKey: [...usersKey, "sessions", id],
    queryFn: async ({ signal }) => {
      const path = { id };
      return (await unwrap(client.GET("/api/users/{id}/sessions", { params: { path }, signal }))).sessions;
    },
  });

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";

export type Notice = components["schemas"]["NotificationsNotice"];
export type NoticeList = components["schemas"]["NotificationsNoticeList"];
export type Unread = components["schemas"]["NotificationsUnread"];

export const noticeKeys = {
  all: ["notices"],
  lists: ["notices", "list"],
  unread: ["notices", "unread"],
};

export const unreadQuery = queryOptions({
  queryKey: noticeKeys.unread,
  queryFn: ({ signal }) => unwrap(client.GET("/api/notifications/unread", { signal })),
  // What was read elsewhere nobody tells.
  staleTime: 30_000,
});

// Typed as what follows it, which inference cannot know.
const noCursor = (): string | undefined => undefined;

export const noticesQuery = (unread: boolean) =>
  infiniteQueryOptions({
    queryKey: [...noticeKeys.lists, unread],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET("/api/notifications", {
          params: {
            query: { limit: 30, ...(unread && { unread }), ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: noCursor(),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    staleTime: 30_000,
  });

export const preferencesQuery = queryOptions({
  queryKey: ["notice preferences"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/notifications/preferences", { signal })),
});

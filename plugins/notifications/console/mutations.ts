import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { markAllRead, markRead } from "./cached-notices";
import { noticeKeys, preferencesQuery } from "./queries";

/** Notes that a notice was read. Lists of unread ones keep it until they are asked for again: what one reads stays in sight. */
export function useReadNotice() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (number: number) =>
      unwrap(
        client.POST("/api/notifications/{number}/read", {
          params: { path: { number }, header: once() },
        }),
      ),
    onMutate: (number) => markRead(queryClient, number),
    onError: () => queryClient.invalidateQueries({ queryKey: noticeKeys.all }),
  });
}

export function useReadAll() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (upTo: number) =>
      unwrap(client.POST("/api/notifications/read-all", { params: { header: once() }, body: { upTo } })),
    onMutate: (upTo) => markAllRead(queryClient, upTo),
    onError: () => queryClient.invalidateQueries({ queryKey: noticeKeys.all }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: noticeKeys.unread }),
  });
}

type Edit = components["schemas"]["NotificationsPreferenceEdit"];

/** Changes one way of being told of one kind of thing, which shows at once. */
export function useEditPreference() {
  const queryClient = useQueryClient();
  const { queryKey } = preferencesQuery;
  return useMutation({
    mutationFn: (edit: Edit) =>
      unwrap(
        client.PATCH("/api/notifications/preferences", {
          params: { header: once() },
          body: { preferences: [edit] },
        }),
      ),
    onMutate: (edit) => {
      const before = queryClient.getQueryData(queryKey);
      if (before) {
        queryClient.setQueryData(queryKey, {
          ...before,
          preferences: before.preferences.map((preference) =>
            preference.kind === edit.kind
              ? {
                  ...preference,
                  inApp: edit.inApp ?? preference.inApp,
                  email: edit.email ?? preference.email,
                }
              : preference,
          ),
        });
      }
      return before;
    },
    onError: (_error, _edit, before) => queryClient.setQueryData(queryKey, before),
    onSuccess: (preferences) => queryClient.setQueryData(queryKey, preferences),
  });
}

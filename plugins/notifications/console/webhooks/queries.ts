import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { type PageQuery, pageSize } from "@/components/data-grid/pages";

export type Webhook = components["schemas"]["NotificationsWebhook"];
export type WebhookSort = components["schemas"]["NotificationsWebhookSort"];
export type Delivery = components["schemas"]["NotificationsDelivery"];
export type DeliveryState = components["schemas"]["NotificationsDeliveryState"];

export const webhookKeys = {
  all: ["webhooks"],
  lists: ["webhooks", "list"],
  record: (id: string) => ["webhooks", "record", id],
  deliveries: (id: string) => ["webhooks", "deliveries", id],
};

export const webhookSorts = ["-createdAt", "createdAt"] as const;

export const webhookPages =
  (sort: WebhookSort): PageQuery<Webhook> =>
  (page) => ({
    queryKey: [...webhookKeys.lists, sort, page],
    queryFn: async ({ signal }) => {
      const { webhooks, totalWebhooks, totalIsCapped } = await unwrap(
        client.GET("/api/notifications/webhooks", {
          params: { query: { sort, page, limit: pageSize } },
          signal,
        }),
      );
      return { rows: webhooks, total: totalWebhooks ?? 0, isCapped: totalIsCapped };
    },
  });

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: webhookKeys.record(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/notifications/webhooks/{id}", { params: { path: { id } }, signal })),
  });

// Typed as what follows it, which inference cannot know.
const noCursor = (): string | undefined => undefined;

/** What a webhook was told. While something is on its way it is asked for again and again. */
export const deliveriesQuery = (id: string, state: DeliveryState | null) =>
  infiniteQueryOptions({
    queryKey: [...webhookKeys.deliveries(id), state],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET("/api/notifications/webhooks/{id}/deliveries", {
          params: {
            path: { id },
            query: { limit: 30, ...(state && { state }), ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: noCursor(),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data?.pages[0]?.deliveries.some(isNearlyTried) ? 2000 : false),
  });

/** Whether its next try is now: later ones are hours away. */
function isNearlyTried({ state, nextTryAt }: Delivery): boolean {
  return state === "pending" && (nextTryAt === null || Date.parse(nextTryAt) < Date.now() + 10_000);
}

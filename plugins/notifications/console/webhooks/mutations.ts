import { useMutation, useQueryClient } from "@tanstack/react-query";
import { replaceRecord } from "@/api/cached-rows";
import { client, ifMatch, ifUnchanged, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { type Delivery, type Webhook, webhookKeys } from "./queries";

type CreateWebhook = components["schemas"]["NotificationsCreateWebhook"];
export type UpdateWebhook = components["schemas"]["NotificationsUpdateWebhook"];

export function useCreateWebhook() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateWebhook) => unwrap(client.POST("/api/notifications/webhooks", { body })),
    meta: { showsError: true },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookKeys.lists }),
  });
}

export function useUpdateWebhook() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ webhook, changes }: { webhook: Webhook; changes: UpdateWebhook }) =>
      unwrap(
        client.PATCH("/api/notifications/webhooks/{id}", {
          // What takes or gives secrets takes no `Idempotency-Key`.
          params: { path: { id: webhook.id }, header: ifMatch(webhook) },
          body: changes,
        }),
      ),
    meta: { showsError: true },
    onSuccess: (webhook) => {
      replaceRecord(queryClient, webhookKeys, webhook);
    },
  });
}

export function useDeleteWebhook() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (webhook: Webhook) =>
      unwrap(
        client.DELETE("/api/notifications/webhooks/{id}", {
          params: { path: { id: webhook.id }, header: ifUnchanged(webhook) },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookKeys.lists }),
  });
}

/** The old secret is good for a day more. */
export function useRotateSecret() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/notifications/webhooks/{id}/rotate-secret", { params: { path: { id } } })),
    onSuccess: ({ webhook }) => {
      replaceRecord(queryClient, webhookKeys, webhook);
    },
  });
}

export function usePing() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(
        client.POST("/api/notifications/webhooks/{id}/ping", {
          params: { path: { id }, header: once() },
        }),
      ),
    // What came of it shows in the log, a moment later.
    onSuccess: (_message, id) =>
      watch(() => queryClient.invalidateQueries({ queryKey: webhookKeys.deliveries(id) })),
  });
}

export function useRedeliver(webhookId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (delivery: Delivery) =>
      unwrap(
        client.POST("/api/notifications/webhooks/{id}/deliveries/{deliveryId}/redeliver", {
          params: { path: { id: webhookId, deliveryId: delivery.id }, header: once() },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookKeys.deliveries(webhookId) }),
  });
}

/** An event becomes a delivery once it is spread, which nothing tells. */
function watch(look: () => void): void {
  for (const wait of [500, 1500, 3000]) setTimeout(look, wait);
}

import type { components } from "@/api/schema";

type Schemas = components["schemas"];

const at = "2026-03-01T09:30:00.000Z";
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;

export function someNotice(
  number: number,
  changes: Partial<Schemas["NotificationsNotice"]> = {},
): Schemas["NotificationsNotice"] {
  return {
    number,
    kind: "assigned",
    eventId: id(9000 + number),
    eventType: "lead.edited",
    at,
    resource: "lead",
    resourceId: id(number),
    resourceName: `Lead ${number}`,
    actorId: id(1),
    actorName: "Grace Hopper",
    readAt: null,
    ...changes,
  };
}

export function someWebhook(
  changes: Partial<Schemas["NotificationsWebhook"]> = {},
): Schemas["NotificationsWebhook"] {
  return {
    id: id(77),
    name: "Billing",
    url: "https://hooks.example.org/crm",
    eventTypes: ["lead.created"],
    owner: "00000000-0000-7000-8000-0000000000aa",
    isEnabled: true,
    disabledAt: null,
    disabledReason: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

export function someDelivery(
  number: number,
  changes: Partial<Schemas["NotificationsDelivery"]> = {},
): Schemas["NotificationsDelivery"] {
  return {
    id: id(500 + number),
    eventId: id(600 + number),
    eventType: "lead.created",
    state: "delivered",
    tries: 1,
    createdAt: at,
    lastTryAt: at,
    lastStatus: 204,
    lastFailure: null,
    nextTryAt: null,
    ...changes,
  };
}

export const webhookPermissions = ["read", "create", "update", "delete"].map(
  (action) => `notifications.webhook:${action}`,
);

/** What a server with the plugin says of itself. */
export const meta = { plugins: [{ id: "notifications", version: "1.0.0", about: "" }] };

import { msg } from "@lingui/core/macro";
import { Bell, Webhook } from "lucide-react";
import { lazy } from "react";
import type { Feature } from "@/lib/feature";

const notifications: Feature = {
  routes: [
    { path: "/notifications", lazy: () => import("./inbox/inbox-page") },
    { path: "/notifications/preferences", lazy: () => import("./preferences/preferences-page") },
    {
      path: "/webhooks",
      lazy: () => import("./webhooks/webhook-list"),
      children: [{ path: "new", lazy: () => import("./webhooks/new-webhook") }],
    },
    {
      path: "/webhooks/:id",
      lazy: () => import("./webhooks/webhook-page"),
      children: [{ path: "edit", lazy: () => import("./webhooks/edit-webhook") }],
    },
  ],
  navigation: [
    { to: "/webhooks", label: msg`Webhooks`, icon: Webhook, permission: "notifications.webhook:read" },
  ],
  commands: [
    { to: "/notifications", label: msg`Notifications`, icon: Bell, permission: "activity:read", keys: "g n" },
  ],
  panels: [{ slot: "navbar", permission: "activity:read", Component: lazy(() => import("./bell/bell")) }],
  records: { "notifications.webhook": "/webhooks" },
};

export default notifications;

import { msg } from "@lingui/core/macro";
import { LayoutDashboard } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const dashboard: Feature = {
  routes: [{ index: true, lazy: () => import("./dashboard") }],
  navigation: [
    { to: "/", label: msg`Dashboard`, icon: LayoutDashboard, permission: "analytics:read", key: "d" },
  ],
  followers: [{ key: "analytics", kinds: ["lead", "customer", "task", "deals.deal"], pause: 10_000 }],
};

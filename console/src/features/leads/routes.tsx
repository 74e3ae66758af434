import { msg } from "@lingui/core/macro";
import { UserRound, UserRoundPlus } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const leads: Feature = {
  routes: [
    {
      path: "/leads",
      lazy: () => import("./list/lead-list"),
      children: [{ path: "new", lazy: () => import("./lead-modal") }],
    },
    {
      path: "/leads/board",
      lazy: () => import("./board/lead-board"),
      children: [{ path: "new", lazy: () => import("./lead-modal") }],
    },
    { path: "/leads/:id", lazy: () => import("./record/lead-page") },
  ],
  navigation: [{ to: "/leads", label: msg`Leads`, icon: UserRound, permission: "lead:read", key: "l" }],
  commands: [
    { to: "/leads/new", label: msg`New lead`, icon: UserRoundPlus, permission: "lead:create", keys: "c" },
  ],
};

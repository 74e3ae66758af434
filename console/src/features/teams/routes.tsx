import { msg } from "@lingui/core/macro";
import { Users } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const teams: Feature = {
  routes: [
    { path: "/teams", lazy: () => import("./team-list") },
    { path: "/teams/:id", lazy: () => import("./team-page") },
  ],
  // In the navigation they are behind the users, which not everybody has there.
  commands: [{ to: "/teams", label: msg`Teams`, icon: Users, permission: "team:read" }],
};

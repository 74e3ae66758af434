import { msg } from "@lingui/core/macro";
import { CircleHelp, ShieldCheck } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const roles: Feature = {
  routes: [
    { path: "/roles", lazy: () => import("./matrix/role-matrix") },
    { path: "/roles/new", lazy: () => import("./form/new-role") },
    { path: "/roles/explain", lazy: () => import("./explain/explain-page") },
    { path: "/roles/:id", lazy: () => import("./form/role-page") },
  ],
  // In the navigation they are behind the users, which not everybody has there.
  commands: [
    { to: "/roles", label: msg`Roles`, icon: ShieldCheck, permission: "role:read" },
    { to: "/roles/explain", label: msg`Why may I do something, or not?`, icon: CircleHelp },
  ],
};

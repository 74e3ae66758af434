import { msg } from "@lingui/core/macro";
import { UserPlus, Users } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const users: Feature = {
  routes: [
    {
      path: "/users",
      lazy: () => import("./list/users"),
      children: [{ path: "new", lazy: () => import("./new/new-user") }],
    },
    { path: "/users/:id", lazy: () => import("./record/user-page") },
  ],
  navigation: [
    {
      to: "/users",
      label: msg`Users`,
      icon: Users,
      permission: "user:manage",
      key: "u",
      tabs: ["/teams", "/roles"],
    },
  ],
  commands: [{ to: "/users/new", label: msg`New user`, icon: UserPlus, permission: "user:create" }],
};

import { msg } from "@lingui/core/macro";
import { Building2 } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const customers: Feature = {
  routes: [
    {
      path: "/customers",
      lazy: () => import("./list/customer-list"),
      children: [{ path: "new", lazy: () => import("./customer-modal") }],
    },
    { path: "/customers/:id", lazy: () => import("./record/customer-page") },
  ],
  navigation: [
    { to: "/customers", label: msg`Customers`, icon: Building2, permission: "customer:read", key: "c" },
  ],
  commands: [
    { to: "/customers/new", label: msg`New customer`, icon: Building2, permission: "customer:create" },
  ],
};

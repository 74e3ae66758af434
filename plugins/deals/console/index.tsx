import { msg } from "@lingui/core/macro";
import { Handshake } from "lucide-react";
import { lazy } from "react";
import type { Feature } from "@/lib/feature";

const newDeal = () => import("./create/new-deal");

const deals: Feature = {
  routes: [
    {
      path: "/deals",
      lazy: () => import("./board/deal-board"),
      children: [{ path: "new", lazy: newDeal }],
    },
    {
      path: "/deals/list",
      lazy: () => import("./list/deal-list"),
      children: [{ path: "new", lazy: newDeal }],
    },
    { path: "/deals/forecast", lazy: () => import("./forecast/forecast-page") },
    { path: "/deals/pipelines", lazy: () => import("./pipelines/pipelines-page") },
    { path: "/deals/:id", lazy: () => import("./record/deal-page") },
  ],
  navigation: [{ to: "/deals", label: msg`Deals`, icon: Handshake, permission: "deals.deal:read", key: "p" }],
  commands: [
    { to: "/deals/new", label: msg`New deal`, icon: Handshake, permission: "deals.deal:create" },
    { to: "/deals/forecast", label: msg`Forecast`, icon: Handshake, permission: "deals.deal:read" },
    { to: "/deals/pipelines", label: msg`Pipelines`, icon: Handshake, permission: "deals.pipeline:manage" },
  ],
  panels: [
    {
      slot: "customer.panel",
      permission: "deals.deal:read",
      Component: lazy(() => import("./panels/customer-deals")),
    },
    {
      slot: "dashboard.panel",
      permission: "deals.deal:read",
      Component: lazy(() => import("./panels/open-deals")),
    },
    {
      slot: "lead.convert",
      permission: "deals.deal:create",
      Component: lazy(() => import("./convert/convert-part")),
    },
  ],
  records: { "deals.deal": "/deals" },
};

export default deals;

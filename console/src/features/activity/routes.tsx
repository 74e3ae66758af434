import { msg } from "@lingui/core/macro";
import { History } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const activity: Feature = {
  routes: [{ path: "/activity", lazy: () => import("./activity-page") }],
  navigation: [{ to: "/activity", label: msg`Activity`, icon: History, permission: "activity:read" }],
};

import { msg } from "@lingui/core/macro";
import { Settings } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const settings: Feature = {
  routes: [{ path: "/settings/:section?", lazy: () => import("./settings-page") }],
  navigation: [{ to: "/settings", label: msg`Settings`, icon: Settings, key: "s" }],
};

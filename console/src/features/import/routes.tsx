import { msg } from "@lingui/core/macro";
import { FileUp } from "lucide-react";
import type { Feature } from "@/lib/feature";

export const imports: Feature = {
  routes: [
    { path: "/imports", lazy: () => import("./import-list") },
    { path: "/imports/new", lazy: () => import("./wizard/new-import") },
    { path: "/imports/:id", lazy: () => import("./result/import-page") },
  ],
  navigation: [{ to: "/imports", label: msg`Imports`, icon: FileUp, permission: "lead:import" }],
  commands: [{ to: "/imports/new", label: msg`New import`, icon: FileUp, permission: "lead:import" }],
};

import { activity } from "@/features/activity/routes";
import { auth } from "@/features/auth/routes";
import { customers } from "@/features/customers/routes";
import { dashboard } from "@/features/dashboard/routes";
import { imports } from "@/features/import/routes";
import { leads } from "@/features/leads/routes";
import { pluginViews } from "@/features/plugin-views/routes";
import { roles } from "@/features/roles/routes";
import { settings } from "@/features/settings/routes";
import { tasks } from "@/features/tasks/routes";
import { teams } from "@/features/teams/routes";
import { users } from "@/features/users/routes";
import type { Feature } from "@/lib/feature";
import { addRecordFolder } from "@/lib/record-path";

/** Plugins that bring screens of their own: `plugins/NAME/console/index.tsx`, which exports a `Feature` by default. */
const plugins = import.meta.glob<Feature>("../../../plugins/*/console/index.tsx", {
  eager: true,
  import: "default",
});

/** In the order of the navigation. */
export const features: Feature[] = [
  dashboard,
  leads,
  customers,
  tasks,
  ...Object.values(plugins),
  pluginViews,
  imports,
  activity,
  users,
  teams,
  roles,
  settings,
  auth,
];

for (const { records = {} } of features) {
  for (const [type, folder] of Object.entries(records)) addRecordFolder(type, folder);
}

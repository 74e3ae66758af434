import type { Permission } from "@/api/permissions";
import { resourceOf } from "@/components/resource-labels";

/** Those on one kind of record together, in the order in which they come. */
export function groupPermissions(permissions: readonly Permission[]): [string, Permission[]][] {
  const groups = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const resource = resourceOf(permission.permission);
    groups.set(resource, [...(groups.get(resource) ?? []), permission]);
  }
  return [...groups];
}

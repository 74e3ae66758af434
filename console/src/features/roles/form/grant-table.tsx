import { Trans, useLingui } from "@lingui/react/macro";
import { Fragment } from "react";
import { useMe } from "@/api/me";
import type { Grant, Permission, Scope } from "@/api/permissions";
import { labelOfResource } from "@/components/resource-labels";
import { groupPermissions } from "../group-permissions";
import { scopeLabels, scopeOf, scopes } from "../scopes";
import { GrantRow } from "./grant-row";

type Props = {
  permissions: readonly Permission[];
  grants: readonly Grant[];
  /** What the role has from others. */
  inherited: readonly Grant[];
  /** Without it, the table is only to be read. */
  onChange?: (grants: Grant[]) => void;
};

/** A row for each permission, in which one chooses how far it reaches. */
export function GrantTable({ permissions, grants, inherited, onChange }: Props) {
  const { t, i18n } = useLingui();
  const held = useMe().permissions;

  const set = (permission: string, scope: Scope | undefined) => {
    const others = grants.filter((grant) => grant.permission !== permission);
    onChange?.(scope ? [...others, { permission, scope }] : others);
  };

  return (
    <section
      aria-label={t`Permissions`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full border-collapse">
        <thead>
          <tr className="border-b text-sm text-text-muted">
            <th scope="col" className="px-4 py-2 text-start font-medium">
              <Trans>Permission</Trans>
            </th>
            {onChange ? (
              [t`None`, ...scopes.map((scope) => i18n._(scopeLabels[scope]))].map((label) => (
                <th
                  key={label}
                  scope="col"
                  className="w-9 py-2 text-center font-medium max-sm:text-xs sm:w-14"
                >
                  {label}
                </th>
              ))
            ) : (
              <th scope="col" className="px-4 py-2 text-start font-medium">
                <Trans>Reach</Trans>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {groupPermissions(permissions).map(([resource, group]) => (
            <Fragment key={resource}>
              <tr>
                <th
                  scope="colgroup"
                  colSpan={onChange ? scopes.length + 2 : 2}
                  className="border-b bg-canvas px-4 py-1.5 text-start font-semibold"
                >
                  {labelOfResource(i18n, resource)}
                </th>
              </tr>
              {group.map((permission) => (
                <GrantRow
                  key={permission.permission}
                  permission={permission}
                  scope={scopeOf(grants, permission.permission)}
                  inherited={scopeOf(inherited, permission.permission)}
                  held={scopeOf(held, permission.permission)}
                  onChange={onChange && ((scope) => set(permission.permission, scope))}
                />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

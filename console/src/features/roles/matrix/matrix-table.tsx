import { Trans, useLingui } from "@lingui/react/macro";
import { Fragment } from "react";
import { Link } from "react-router";
import type { Permission } from "@/api/permissions";
import type { Role } from "@/api/roles";
import { labelOfResource } from "@/components/resource-labels";
import { groupPermissions } from "../group-permissions";
import { ScopeBadge } from "../scope-badge";
import { scopeOf } from "../scopes";

type Props = { roles: readonly Role[]; permissions: readonly Permission[] };

/** A row for each permission, and a column for each role. */
export function MatrixTable({ roles, permissions }: Props) {
  const { t, i18n } = useLingui();
  return (
    <section
      aria-label={t`What each role may do`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-h-0 grow overflow-auto bg-surface"
    >
      <table className="w-full border-separate border-spacing-0">
        <thead>
          <tr>
            <th
              scope="col"
              className="sticky start-0 top-0 z-2 border-b bg-surface px-4 py-2 text-start font-medium text-sm text-text-muted sm:px-6"
            >
              <Trans>Permission</Trans>
            </th>
            {roles.map(({ id, name, isBuiltIn }) => (
              <th
                key={id}
                scope="col"
                className="sticky top-0 z-1 border-b bg-surface px-2 py-2 text-start align-bottom"
              >
                <Link
                  to={`/roles/${id}`}
                  className="whitespace-nowrap rounded-sm font-medium text-accent-text hover:underline"
                >
                  {name}
                </Link>
                <span className="block font-normal text-sm text-text-muted">
                  {isBuiltIn ? <Trans>built in</Trans> : <Trans>own</Trans>}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groupPermissions(permissions).map(([resource, group]) => (
            <Fragment key={resource}>
              <tr>
                <th
                  scope="colgroup"
                  colSpan={roles.length + 1}
                  className="border-b bg-canvas px-4 py-1.5 text-start font-semibold sm:px-6"
                >
                  <span className="sticky start-4 sm:start-6">{labelOfResource(i18n, resource)}</span>
                </th>
              </tr>
              {group.map(({ permission, description }) => (
                <tr key={permission} className="hover:bg-hover">
                  <th
                    scope="row"
                    className="sticky start-0 max-w-96 border-b bg-surface px-4 py-1.5 text-start font-normal max-sm:max-w-44 sm:px-6"
                  >
                    <span className="block">{description}</span>
                    <code className="text-text-muted text-xs">{permission}</code>
                  </th>
                  {roles.map((role) => (
                    <td key={role.id} className="border-b px-2 py-1.5">
                      <ScopeBadge scope={scopeOf(role.permissions, permission)} />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

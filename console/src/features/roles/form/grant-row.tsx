import { Trans, useLingui } from "@lingui/react/macro";
import type { Permission, Scope } from "@/api/permissions";
import { labelOfResource, resourceOf } from "@/components/resource-labels";
import { ScopeBadge } from "../scope-badge";
import { isWider, scopeLabels, scopes } from "../scopes";

type Props = {
  permission: Permission;
  scope: Scope | undefined;
  /** How far it reaches by the roles that this one inherits from. */
  inherited: Scope | undefined;
  /** How far it reaches for who edits: nobody grants more than they hold. */
  held: Scope | undefined;
  onChange: ((scope: Scope | undefined) => void) | undefined;
};

export function GrantRow({
  permission: { permission, description },
  scope,
  inherited,
  held,
  onChange,
}: Props) {
  const { t, i18n } = useLingui();
  const record = labelOfResource(i18n, resourceOf(permission));
  return (
    <tr className="border-b last:border-b-0 hover:bg-hover">
      <th scope="row" className="px-4 py-1.5 text-start font-normal">
        <span className="block">{description}</span>
        <code className="text-text-muted text-xs">{permission}</code>
        {inherited && isWider(inherited, scope) && (
          <span className="ms-2 inline-flex items-center gap-1 text-sm text-text-muted">
            <Trans>
              inherited: <ScopeBadge scope={inherited} />
            </Trans>
          </span>
        )}
      </th>
      {onChange ? (
        [undefined, ...scopes].map((option) => {
          const isBeyond = isWider(option, held);
          const reach = option ? i18n._(scopeLabels[option]) : t`None`;
          return (
            <td key={option ?? "none"} className="p-0 text-center">
              <label
                className="inline-grid size-8 place-items-center"
                title={isBeyond ? t`You do not hold it that far yourself` : undefined}
              >
                <input
                  type="radio"
                  name={permission}
                  aria-label={`${record}, ${description}: ${reach}`}
                  className="size-4 accent-accent"
                  disabled={isBeyond}
                  checked={scope === option}
                  onChange={() => onChange(option)}
                />
              </label>
            </td>
          );
        })
      ) : (
        <td className="px-4 py-1.5">
          <ScopeBadge scope={scope} />
        </td>
      )}
    </tr>
  );
}

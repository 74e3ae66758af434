import { Trans, useLingui } from "@lingui/react/macro";
import { ExternalLink, type LucideIcon } from "lucide-react";
import { type ReactNode, use } from "react";
import { NavLink } from "react-router";
import { useMe } from "@/api/me";
import { SettingsContext } from "@/components/panels";
import { ownSections, workspaceSections } from "./sections";

const linkClass =
  "flex h-9 items-center gap-2.5 rounded-md px-2.5 text-text-muted hover:bg-hover hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-text sm:h-8";

/** All sections of the settings, as far as one may see them. */
export function SettingsNavigation() {
  const { t, i18n } = useLingui();
  const { permissions } = useMe();
  const may = ({ permission }: { permission?: string }) =>
    permission === undefined || permissions.some((grant) => grant.permission === permission);
  const others = use(SettingsContext).filter(may);
  const workspace = workspaceSections.filter(may);
  return (
    <nav aria-label={t`Settings`} className="flex flex-col gap-4">
      <Group title={t`Yours`}>
        {ownSections.map(({ name, label, icon }) => (
          <Item key={name} to={`/settings/${name}`} icon={icon} label={i18n._(label)} />
        ))}
      </Group>
      <Group title={t`Workspace`}>
        {workspace.map(({ name, label, icon }) => (
          <Item key={name} to={`/settings/${name}`} icon={icon} label={i18n._(label)} />
        ))}
        {others.map(({ to, label, icon }) => (
          <Item key={to} to={to} icon={icon} label={i18n._(label)} />
        ))}
        <li>
          <a href="/api/docs/" target="_blank" rel="noreferrer" className={linkClass}>
            <ExternalLink size={16} aria-hidden className="shrink-0" />
            <Trans>API docs</Trans>
          </a>
        </li>
      </Group>
    </nav>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <p className="px-2.5 pb-1 text-sm text-text-muted">{title}</p>
      <ul className="flex flex-col gap-0.5">{children}</ul>
    </section>
  );
}

function Item({ to, icon: Icon, label }: { to: string; icon: LucideIcon; label: string }) {
  return (
    <li>
      <NavLink to={to} className={linkClass}>
        <Icon size={16} aria-hidden className="shrink-0" />
        {label}
      </NavLink>
    </li>
  );
}

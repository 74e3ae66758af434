import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { PanelLeft } from "lucide-react";
import { Link, useLocation } from "react-router";
import { IconButton } from "@/components/ui/icon-button";
import { Tooltip } from "@/components/ui/tooltip";
import type { NavigationEntry } from "@/lib/feature";
import { usePreferences } from "@/stores/preferences";

export function Sidebar({ navigation }: { navigation: NavigationEntry[] }) {
  const { t } = useLingui();
  const isCollapsed = usePreferences((state) => state.sidebarCollapsed);
  return (
    <nav
      aria-label={t`Main`}
      className={clsx("flex shrink-0 flex-col border-e bg-canvas", isCollapsed ? "w-13" : "w-52")}
    >
      <div className="flex h-12 items-center justify-between ps-4 pe-2">
        {!isCollapsed && <span className="font-semibold">CRM</span>}
        <IconButton
          label={isCollapsed ? t`Show the sidebar` : t`Collapse the sidebar`}
          aria-expanded={!isCollapsed}
          className={isCollapsed ? "-ms-2" : undefined}
          icon={<PanelLeft size={16} aria-hidden />}
          onClick={() => usePreferences.setState({ sidebarCollapsed: !isCollapsed })}
        />
      </div>
      <Navigation navigation={navigation} isCollapsed={isCollapsed} />
    </nav>
  );
}

type NavigationProps = { navigation: NavigationEntry[]; isCollapsed?: boolean; onGo?: () => void };

export function Navigation({ navigation, isCollapsed, onGo }: NavigationProps) {
  const { i18n } = useLingui();
  const { pathname } = useLocation();
  return (
    <ul className="flex flex-col gap-0.5 overflow-y-auto p-2">
      {navigation.map(({ to, label, icon: Icon, tabs }) => {
        const isCurrent = [to, ...(tabs ?? [])].some((place) => isWithin(pathname, place));
        const name = i18n._(label);
        const link = (
          <Link
            to={to}
            onClick={onGo}
            aria-label={isCollapsed ? name : undefined}
            aria-current={isCurrent ? "page" : undefined}
            className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-text-muted hover:bg-hover hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-text"
          >
            <Icon size={16} aria-hidden className="shrink-0" />
            {!isCollapsed && name}
          </Link>
        );
        return <li key={to}>{isCollapsed ? <Tooltip text={name}>{link}</Tooltip> : link}</li>;
      })}
    </ul>
  );
}

const isWithin = (pathname: string, place: string) =>
  pathname === place || (place !== "/" && pathname.startsWith(`${place}/`));

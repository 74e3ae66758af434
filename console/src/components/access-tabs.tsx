import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useLocation } from "react-router";
import { useMe } from "@/api/me";
import { TabLink } from "./ui/tab-link";

const tabs = [
  { to: "/users", label: msg`Users`, permission: "user:read" },
  { to: "/teams", label: msg`Teams`, permission: "team:read" },
  { to: "/roles", label: msg`Roles`, permission: "role:read" },
];

/** Who works here, with whom, and what they may do. */
export function AccessTabs() {
  const { t, i18n } = useLingui();
  const { permissions } = useMe();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t`Users and access`} className="flex shrink-0 gap-4 overflow-x-auto px-4 pb-2 sm:px-6">
      {tabs
        .filter(({ permission }) => permissions.some((grant) => grant.permission === permission))
        .map(({ to, label }) => (
          <TabLink key={to} to={to} isCurrent={pathname.startsWith(to)}>
            {i18n._(label)}
          </TabLink>
        ))}
    </nav>
  );
}

import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useLocation } from "react-router";
import { useMe } from "@/api/me";
import { isSameList } from "@/components/saved-views/view-parameters";
import { TabLink } from "@/components/ui/tab-link";

const open: [string, string][] = [
  ["status", "Open"],
  ["status", "InProgress"],
];

/** What the list begins with: what is still to be done. */
export const openTasks = `/tasks?${new URLSearchParams(open)}`;

const tabs: { label: MessageDescriptor; parameters: (me: string) => [string, string][] }[] = [
  { label: msg`Open`, parameters: () => open },
  { label: msg`Today`, parameters: () => [...open, ["due", "today"]] },
  { label: msg`Overdue`, parameters: () => [...open, ["due", "overdue"]] },
  { label: msg`Mine`, parameters: (me) => [...open, ["assignedTo", me]] },
  { label: msg`All`, parameters: () => [] },
];

/** The filters that people look at their tasks by, one click each. */
export function ScopeTabs({ parameters }: { parameters: URLSearchParams }) {
  const { t, i18n } = useLingui();
  const me = useMe();
  const { pathname } = useLocation();
  const current = new URLSearchParams(parameters);
  for (const name of ["sort", "columns"]) current.delete(name);
  return (
    <nav aria-label={t`Which tasks`} className="flex gap-4 overflow-x-auto px-4 sm:px-6">
      {tabs.map(({ label, parameters: narrowed }) => {
        const search = new URLSearchParams(narrowed(me.id));
        const isCurrent = pathname === "/tasks" && isSameList(current, search);
        return (
          <TabLink key={label.id} to={`/tasks?${search}`} isCurrent={isCurrent}>
            {i18n._(label)}
          </TabLink>
        );
      })}
    </nav>
  );
}

import { useLingui } from "@lingui/react/macro";
import { Columns3, type LucideIcon, Rows3 } from "lucide-react";
import { NavLink, useLocation } from "react-router";
import { buttonClass } from "./ui/button";

/** Shows the same records as a list or as a board, narrowed as they are. */
export function ViewSwitch({ list, board }: { list: string; board: string }) {
  const { t } = useLingui();
  return (
    <nav aria-label={t`Shown as`} className="flex rounded-md border border-line bg-surface p-px">
      <View to={list} label={t`List`} icon={Rows3} />
      <View to={board} label={t`Board`} icon={Columns3} />
    </nav>
  );
}

function View({ to, label, icon: Icon }: { to: string; label: string; icon: LucideIcon }) {
  const search = new URLSearchParams(useLocation().search);
  search.delete("selected");
  return (
    <NavLink
      end
      to={{ pathname: to, search: search.toString() }}
      className={buttonClass(
        { variant: "ghost", size: "small" },
        "aria-[current=page]:bg-selected aria-[current=page]:text-accent-text",
      )}
    >
      <Icon size={14} aria-hidden />
      {label}
    </NavLink>
  );
}

import { clsx } from "clsx";
import type { ReactNode } from "react";
import { Link } from "react-router";

type Props = { to: string; isCurrent: boolean; children: ReactNode };

/** One of several views of the same thing, each with an address of its own. */
export function TabLink({ to, isCurrent, children }: Props) {
  return (
    <Link
      to={to}
      aria-current={isCurrent ? "page" : undefined}
      className={clsx(
        "whitespace-nowrap border-b-2 py-1.5 font-medium",
        isCurrent ? "border-accent" : "border-transparent text-text-muted hover:text-text",
      )}
    >
      {children}
    </Link>
  );
}

import { clsx } from "clsx";
import type { ReactNode } from "react";

type Props = { title?: ReactNode; actions?: ReactNode; className?: string; children: ReactNode };

export function Card({ title, actions, className, children }: Props) {
  return (
    <section className={clsx("rounded-lg border border-line bg-surface", className)}>
      {title && (
        <header className="flex min-h-11 items-center justify-between gap-2 border-b px-4">
          <h2 className="font-semibold">{title}</h2>
          {actions}
        </header>
      )}
      <div className="p-4">{children}</div>
    </section>
  );
}

import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "react-router";

type Props = {
  /** Also the title of the document. */
  title: string;
  /** Beside the title, such as a status. */
  aside?: ReactNode;
  /** Beneath the title. */
  children?: ReactNode;
  actions?: ReactNode;
};

/** The one `h1` of a screen. Takes focus when somebody navigates to it, so that it is read out and Tab begins there. */
export function PageHeader({ title, aside, children, actions }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useLocation().key === "default";

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the screen appears
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
  }, []);

  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 sm:px-6">
      <title>{`${title} · CRM`}</title>
      <div className="flex min-w-0 grow basis-48 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 ref={heading} tabIndex={-1} className="min-w-0 break-words font-semibold text-lg">
          {title}
        </h1>
        {aside}
        {children && (
          <div className="flex basis-full flex-wrap items-center gap-x-1 text-sm text-text-muted">
            {children}
          </div>
        )}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

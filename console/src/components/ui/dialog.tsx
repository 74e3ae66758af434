import { Dialog as Base } from "@base-ui/react/dialog";
import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { X } from "lucide-react";
import { type ReactNode, type RefObject, useRef } from "react";
import { IconButton } from "./icon-button";

export const backdropClass =
  "fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0";

export const dialogClass =
  "fixed start-1/2 top-[max(1rem,8vh)] z-40 flex max-h-[84vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded-lg border border-line bg-raised shadow-overlay outline-none transition-opacity rtl:translate-x-1/2 data-ending-style:opacity-0 data-starting-style:opacity-0";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** The first thing that takes focus; otherwise the first control beneath the title. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** What has the focus once it is closed; otherwise what had it before. */
  finalFocus?: () => HTMLElement | null;
  /** Clicking beside it closes it: not when work would be lost. */
  dismissible?: boolean;
  size?: "small" | "medium" | "large";
  children: ReactNode;
};

const controls = "input:not([aria-hidden=true]), textarea, button";

const widths = { small: "max-w-sm", medium: "max-w-lg", large: "max-w-3xl" };

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  initialFocus,
  finalFocus,
  dismissible = true,
  size = "medium",
  children,
}: Props) {
  const { t } = useLingui();
  const content = useRef<HTMLDivElement>(null);
  const firstControl = () => content.current?.querySelector<HTMLElement>(controls) ?? true;
  return (
    <Base.Root open={open} onOpenChange={onOpenChange} disablePointerDismissal={!dismissible}>
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Popup
          initialFocus={initialFocus ?? firstControl}
          finalFocus={finalFocus && (() => finalFocus() ?? true)}
          className={clsx(dialogClass, widths[size])}
        >
          <header className="flex items-center gap-2 border-b py-2 ps-4 pe-2">
            <div className="grow py-1">
              <Base.Title className="font-semibold text-lg">{title}</Base.Title>
              {description && <Base.Description className="text-text-muted">{description}</Base.Description>}
            </div>
            <Base.Close render={<IconButton label={t`Close`} icon={<X size={16} aria-hidden />} />} />
          </header>
          <div ref={content} className="contents">
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export function DialogBody({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={clsx("flex flex-col gap-4 overflow-y-auto p-4", className)}>{children}</div>;
}

export function DialogFooter({ children }: { children: ReactNode }) {
  return <footer className="flex flex-wrap justify-end gap-2 border-t p-4">{children}</footer>;
}

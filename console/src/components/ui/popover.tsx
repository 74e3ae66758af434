import { Popover as Base } from "@base-ui/react/popover";
import { clsx } from "clsx";
import type { ReactElement, ReactNode } from "react";
import { popupClass } from "./list-box";

type Props = {
  trigger: ReactElement;
  /** Names what opens. */
  label: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
  /** Leaves it to the content to keep away from the edges. */
  isFlush?: boolean;
  children: ReactNode;
};

export function Popover({ trigger, label, open, onOpenChange, className, isFlush, children }: Props) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="start" className="z-50 outline-none">
          <Base.Popup aria-label={label} className={clsx(popupClass, !isFlush && "p-3", className)}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

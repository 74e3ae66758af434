import { Menu as Base } from "@base-ui/react/menu";
import { clsx } from "clsx";
import { Check } from "lucide-react";
import { type ReactElement, type ReactNode, useEffect, useRef } from "react";
import { itemClass, popupClass } from "./list-box";

export function Menu({ trigger, children }: { trigger: ReactElement; children: ReactNode }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-50 outline-none">
          <Base.Popup className={clsx(popupClass, "min-w-40 p-1")}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

type AnchoredProps = {
  /** Beside what it opens. */
  anchor: Element;
  label: string;
  onClose: () => void;
  /** What has the focus once it is closed. */
  finalFocus: () => HTMLElement | null;
  children: ReactNode;
};

/** One menu for many buttons, of which each would cost time to draw. It is open as long as it is there. */
export function AnchoredMenu({ anchor, label, onClose, finalFocus, children }: AnchoredProps) {
  const popup = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const focus = () => popup.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const frame = requestAnimationFrame(focus);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={4} align="end" className="z-50 outline-none">
          <Base.Popup
            ref={popup}
            aria-label={label}
            finalFocus={() => finalFocus() ?? true}
            className={clsx(popupClass, "min-w-40 p-1")}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

type ItemProps = {
  icon?: ReactNode;
  danger?: boolean;
  /** Why it may not be chosen; shown beneath it. */
  disabledReason?: string | false | null | undefined;
  onClick: () => void;
  children: ReactNode;
};

export function MenuItem({ icon, danger, disabledReason, onClick, children }: ItemProps) {
  return (
    <Base.Item
      disabled={Boolean(disabledReason)}
      onClick={onClick}
      className={clsx(itemClass, danger && "text-danger-text")}
    >
      {icon && <span className="text-text-muted">{icon}</span>}
      <span>
        {children}
        {disabledReason && <span className="block text-text-muted text-xs">{disabledReason}</span>}
      </span>
    </Base.Item>
  );
}

type CheckItemProps = { checked: boolean; onCheckedChange: (checked: boolean) => void; children: ReactNode };

/** Stays open, so that several can be chosen. */
export function MenuCheckItem({ checked, onCheckedChange, children }: CheckItemProps) {
  return (
    <Base.CheckboxItem checked={checked} onCheckedChange={onCheckedChange} className={itemClass}>
      <span className="grid size-4 place-items-center">
        <Base.CheckboxItemIndicator>
          <Check size={14} aria-hidden />
        </Base.CheckboxItemIndicator>
      </span>
      {children}
    </Base.CheckboxItem>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}

export function MenuGroup({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 py-1 text-text-muted text-xs">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

type RadioGroupProps<Value extends string> = {
  label: ReactNode;
  value: Value;
  onValueChange: (value: Value) => void;
  options: { value: Value; label: ReactNode }[];
};

export function MenuRadioGroup<Value extends string>({ label, options, ...props }: RadioGroupProps<Value>) {
  return (
    <MenuGroup label={label}>
      <Base.RadioGroup {...props}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className={itemClass}>
            <span className="grid size-4 place-items-center">
              <Base.RadioItemIndicator>
                <Check size={14} aria-hidden />
              </Base.RadioItemIndicator>
            </span>
            {option.label}
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </MenuGroup>
  );
}

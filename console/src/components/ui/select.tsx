import { Select as Base } from "@base-ui/react/select";
import { clsx } from "clsx";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode, Ref } from "react";
import type { Control } from "./field";
import { controlClass } from "./input";
import { itemClass, popupClass } from "./list-box";

type Option<Value extends string> = { value: Value; label: ReactNode };

type Props<Value extends string> = Partial<Control> & {
  options: readonly Option<Value>[];
  value: Value | null;
  onValueChange: (value: Value) => void;
  placeholder?: string;
  disabled?: boolean;
  className?: string;
  "aria-label"?: string;
  ref?: Ref<HTMLButtonElement>;
};

export function Select<Value extends string>({
  options,
  value,
  onValueChange,
  placeholder,
  disabled,
  className,
  ...control
}: Props<Value>) {
  return (
    <Base.Root
      items={[...options]}
      value={value}
      disabled={disabled}
      onValueChange={(chosen) => chosen !== null && onValueChange(chosen)}
    >
      <Base.Trigger
        {...control}
        className={clsx(controlClass, "flex h-8 items-center justify-between gap-2 text-start", className)}
      >
        <Base.Value placeholder={placeholder} className="truncate data-placeholder:text-text-muted" />
        <Base.Icon className="text-text-muted">
          <ChevronsUpDown size={14} aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className={clsx(popupClass, "min-w-(--anchor-width) p-1")}>
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={itemClass}>
                  <Base.ItemText className="grow">{option.label}</Base.ItemText>
                  <Base.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

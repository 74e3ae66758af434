import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";

type Props = {
  label: ReactNode;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  indeterminate?: boolean;
  disabled?: boolean;
};

export function Checkbox({ label, indeterminate, ...props }: Props) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the Base UI checkbox within
    <label className="flex min-h-6 items-center gap-2">
      <Base.Root
        {...props}
        indeterminate={indeterminate}
        className="grid size-4 shrink-0 place-items-center rounded-sm border border-line-strong bg-surface text-on-accent data-disabled:opacity-60 data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent"
      >
        <Base.Indicator>
          {indeterminate ? <Minus size={12} aria-hidden /> : <Check size={12} aria-hidden />}
        </Base.Indicator>
      </Base.Root>
      {label}
    </label>
  );
}

import { Switch as Base } from "@base-ui/react/switch";
import type { ReactNode } from "react";

type Props = {
  label: ReactNode;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  disabled?: boolean;
};

export function Switch({ label, ...props }: Props) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the Base UI switch within
    <label className="flex min-h-6 items-center justify-between gap-3">
      {label}
      <Base.Root
        {...props}
        className="flex h-5 w-9 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors data-checked:bg-accent data-disabled:opacity-60"
      >
        <Base.Thumb className="size-4 rounded-full bg-on-accent transition-transform data-checked:translate-x-4 rtl:data-checked:-translate-x-4" />
      </Base.Root>
    </label>
  );
}

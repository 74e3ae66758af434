import { clsx } from "clsx";
import type { ComponentProps } from "react";

/** How everything that takes a value looks. */
export const controlClass =
  "w-full rounded-md border border-line-strong bg-surface px-2.5 text-text aria-invalid:border-danger disabled:opacity-60";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input {...props} className={clsx(controlClass, "h-8", className)} />;
}

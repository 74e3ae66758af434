import { clsx } from "clsx";
import type { ComponentProps } from "react";
import { controlClass } from "./input";

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea rows={3} {...props} className={clsx(controlClass, "field-sizing-content py-1.5", className)} />
  );
}

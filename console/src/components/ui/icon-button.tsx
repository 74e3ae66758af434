import type { ComponentProps, ReactElement } from "react";
import { Button } from "./button";
import { Tooltip } from "./tooltip";

type Props = Omit<ComponentProps<typeof Button>, "children" | "aria-label"> & {
  label: string;
  icon: ReactElement;
};

/** A button that shows a picture alone; its label is spoken, and shown on hover and focus. */
export function IconButton({ label, ...props }: Props) {
  return (
    <Tooltip text={label}>
      <Button variant="ghost" size="icon" {...props} aria-label={label} />
    </Tooltip>
  );
}

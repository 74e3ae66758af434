import type { ComponentProps } from "react";
import { Button } from "./button";
import { Tooltip } from "./tooltip";

type Props = ComponentProps<typeof Button> & {
  /** Why it may not be pressed. It stays reachable, so that everybody can learn the reason. */
  disabledReason: string | false | null | undefined;
};

export function GuardedButton({ disabledReason, ...props }: Props) {
  if (!disabledReason) return <Button {...props} />;
  return (
    <Tooltip text={disabledReason}>
      <Button {...props} aria-disabled onClick={(event) => event.preventDefault()} />
    </Tooltip>
  );
}

import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { Button } from "./button";
import { backdropClass, dialogClass } from "./dialog";

type Props = {
  open: boolean;
  title: ReactNode;
  children: ReactNode;
  /** What is going to be done, as a verb: "Discard". */
  action: string;
  /** How to stay: "Keep editing". */
  cancel?: string;
  danger?: boolean;
  pending?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
};

/** Asks before something that cannot be undone. What can be undone is done at once, and offers Undo. */
export function ConfirmDialog({
  open,
  title,
  children,
  action,
  cancel,
  danger,
  pending,
  onConfirm,
  onCancel,
}: Props) {
  const { t } = useLingui();
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onCancel()}>
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Popup className={clsx(dialogClass, "max-w-sm gap-2 p-4")}>
          <Base.Title className="font-semibold text-lg">{title}</Base.Title>
          <Base.Description render={<div className="text-text-muted">{children}</div>} />
          <div className="mt-2 flex flex-wrap justify-end gap-2">
            <Base.Close render={<Button>{cancel ?? t`Cancel`}</Button>} />
            <Button variant={danger ? "danger" : "primary"} pending={pending} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { useBlocker } from "react-router";
import { useHoldsLive } from "@/stores/editing";
import { ConfirmDialog } from "./ui/confirm-dialog";

/** Asks before unsaved work is left behind, by a link, Back, or closing the tab. */
export function ConfirmLeave({ when }: { when: boolean }) {
  const { t } = useLingui();
  useHoldsLive(when);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => when && currentLocation.pathname !== nextLocation.pathname,
  );

  useEffect(() => {
    if (!when) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [when]);

  return (
    <ConfirmDialog
      open={blocker.state === "blocked"}
      title={t`Discard what you changed?`}
      action={t`Discard`}
      cancel={t`Keep editing`}
      danger
      onConfirm={() => blocker.proceed?.()}
      onCancel={() => blocker.reset?.()}
    >
      <Trans>Your changes are not saved yet.</Trans>
    </ConfirmDialog>
  );
}

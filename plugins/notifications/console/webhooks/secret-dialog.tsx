import { Trans, useLingui } from "@lingui/react/macro";
import { CopyField } from "@/components/copy-field";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";

type Props = { secret: string; isRotated?: boolean; onClose: () => void };

/** Shows the secret of a webhook, this once. */
export function SecretDialog({ secret, isRotated, onClose }: Props) {
  const { t } = useLingui();
  return (
    <Dialog open onOpenChange={onClose} dismissible={false} title={t`The secret of the webhook`}>
      <DialogBody>
        <p>
          <Trans>
            The receiver verifies by it that events come from here. It is shown this once: keep it now.
          </Trans>{" "}
          {isRotated && <Trans>For a day events are signed by the old secret too.</Trans>}
        </p>
        <CopyField label={t`Secret`} value={secret} />
      </DialogBody>
      <DialogFooter>
        <Button variant="primary" onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "./ui/button";
import { Dialog, DialogBody, DialogFooter } from "./ui/dialog";

type Conflict = { label: string; mine: string; theirs: string };

type Props = {
  conflict: Conflict;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
};

/** Somebody else changed the record while it was being edited: which of the two values is it to be? */
export function ConflictDialog({ conflict: { label, mine, theirs }, onKeepMine, onTakeTheirs }: Props) {
  const { t } = useLingui();
  return (
    <Dialog
      open
      onOpenChange={onTakeTheirs}
      dismissible={false}
      size="small"
      title={t`Somebody changed it in the meantime`}
      description={label}
    >
      <DialogBody>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
          <dt className="text-text-muted">
            <Trans>Yours</Trans>
          </dt>
          <dd className="break-words">{mine || "–"}</dd>
          <dt className="text-text-muted">
            <Trans>Theirs</Trans>
          </dt>
          <dd className="break-words">{theirs || "–"}</dd>
        </dl>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onTakeTheirs}>
          <Trans>Take theirs</Trans>
        </Button>
        <Button variant="primary" onClick={onKeepMine}>
          <Trans>Keep mine</Trans>
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

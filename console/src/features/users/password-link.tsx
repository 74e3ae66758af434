import { Trans, useLingui } from "@lingui/react/macro";
import type { components } from "@/api/schema";
import { CopyField } from "@/components/copy-field";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { formatDateTime } from "@/lib/format";

type Props = {
  title: string;
  link: components["schemas"]["PasswordLink"];
  onClose: () => void;
};

/** Shows a link by which somebody sets their password. It cannot be shown again. */
export function PasswordLink({ title, link, onClose }: Props) {
  const { t } = useLingui();
  return (
    <Dialog open onOpenChange={onClose} dismissible={false} title={title}>
      <DialogBody>
        <CopyField
          label={t`Password link`}
          // Where the server does not know at which address people reach it, it gives the path alone.
          value={new URL(link.url, window.location.origin).href}
          description={t`It works once, until ${formatDateTime(link.expiresAt)}, and is not shown again.`}
        />
        <p className="text-text-muted">
          <Trans>Give it to nobody else: whoever opens it first sets the password.</Trans>
        </p>
      </DialogBody>
      <DialogFooter>
        <Button variant="primary" onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

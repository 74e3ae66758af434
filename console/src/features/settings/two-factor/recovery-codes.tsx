import { Trans, useLingui } from "@lingui/react/macro";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { saveFile } from "@/lib/download";

type Props = { codes: readonly string[]; onDone: () => void };

/** What signs in without the device, each once. It cannot be shown again. */
export function RecoveryCodes({ codes, onDone }: Props) {
  const { t } = useLingui();
  const download = () =>
    saveFile(new Blob([`${codes.join("\n")}\n`], { type: "text/plain" }), `${t`recovery-codes`}.txt`);
  return (
    <Card title={t`Recovery codes`}>
      <p role="status">
        <Trans>
          Keep these where you find them without your phone. Each signs you in once, and they are not shown
          again.
        </Trans>
      </p>
      <ul
        aria-label={t`Recovery codes`}
        className="my-3 grid gap-x-6 gap-y-1 rounded-md bg-canvas p-3 font-mono text-sm sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code} className="break-all">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button icon={<Download size={16} aria-hidden />} onClick={download}>
          <Trans>Download</Trans>
        </Button>
        <Button variant="primary" onClick={onDone}>
          <Trans>I have kept them</Trans>
        </Button>
      </div>
    </Card>
  );
}

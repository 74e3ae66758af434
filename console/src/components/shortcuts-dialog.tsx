import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "react-router";
import { useActiveHotkeys } from "@/lib/hotkeys";
import { Dialog, DialogBody } from "./ui/dialog";
import { Kbd } from "./ui/kbd";

/** Lists the shortcuts of the screen that is open. */
export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useLingui();
  const hotkeys = useActiveHotkeys((state) => state.hotkeys);
  return (
    <Dialog open onOpenChange={onClose} title={t`Keyboard shortcuts`}>
      <DialogBody>
        <table className="w-full">
          <caption className="sr-only">
            <Trans>Keyboard shortcuts</Trans>
          </caption>
          <tbody>
            {hotkeys.map(({ keys, label }) => (
              <tr key={keys} className="border-t">
                <th scope="row" className="py-1.5 text-start font-normal">
                  {i18n._(label)}
                </th>
                <td className="py-1.5 text-end">
                  <Kbd keys={keys} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="text-sm text-text-muted">
          <Trans>
            Those without Ctrl or ⌘ can be turned off in the{" "}
            <Link to="/settings/appearance" onClick={onClose} className="text-accent-text underline">
              settings
            </Link>
            .
          </Trans>
        </p>
      </DialogBody>
    </Dialog>
  );
}

import { Dialog } from "@base-ui/react/dialog";
import { useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { backdropClass } from "@/components/ui/dialog";
import { IconButton } from "@/components/ui/icon-button";
import type { NavigationEntry } from "@/lib/feature";
import { Navigation } from "./sidebar";

type Props = { onClose: () => void; navigation: NavigationEntry[] };

/** The sidebar of a phone. */
export default function SidebarDrawer({ onClose, navigation }: Props) {
  const { t } = useLingui();
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Backdrop className={backdropClass} />
        <Dialog.Popup className="fixed inset-y-0 start-0 z-40 w-64 border-e bg-canvas transition-transform data-ending-style:-translate-x-full data-starting-style:-translate-x-full">
          <div className="flex h-12 items-center justify-between ps-4 pe-2">
            <Dialog.Title className="font-semibold">CRM</Dialog.Title>
            <Dialog.Close render={<IconButton label={t`Close`} icon={<X size={16} aria-hidden />} />} />
          </div>
          <nav aria-label={t`Main`}>
            <Navigation navigation={navigation} onGo={onClose} />
          </nav>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

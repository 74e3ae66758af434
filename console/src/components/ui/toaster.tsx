import { Toast as Base } from "@base-ui/react/toast";
import { useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useEffect } from "react";
import { showNotices, toastManager } from "@/stores/toast";
import { buttonClass } from "./button";

/** Shows what `notify` says. Once in the app. */
export default function Toaster() {
  const { t } = useLingui();
  useEffect(showNotices, []);
  return (
    <Base.Provider toastManager={toastManager} limit={3}>
      <Base.Portal>
        <Base.Viewport
          aria-label={t`Messages`}
          className="fixed end-4 bottom-4 z-60 flex w-[calc(100vw-2rem)] flex-col gap-2 sm:w-96"
        >
          <Notices />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Notices() {
  const { t } = useLingui();
  return Base.useToastManager().toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="rounded-lg border border-line bg-raised shadow-overlay transition-opacity data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-center gap-3 py-2 ps-4 pe-2">
        <div className="min-w-0 grow py-1">
          <Base.Title className="font-medium data-[type=error]:text-danger-text" />
          <Base.Description className="text-text-muted" />
        </div>
        {toast.actionProps && <Base.Action className={buttonClass({ size: "small" })} />}
        <Base.Close aria-label={t`Dismiss`} className={buttonClass({ variant: "ghost", size: "icon" })}>
          <X size={16} aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

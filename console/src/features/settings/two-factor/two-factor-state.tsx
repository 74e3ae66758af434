import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { components } from "@/api/schema";
import { RelativeTime } from "@/components/relative-time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";
import { RemoveDialog } from "./remove-dialog";
import { RenewDialog } from "./renew-dialog";

type Props = { state: components["schemas"]["TwoFactor"]; onCodes: (codes: string[]) => void };

/** The second factor that one has, and what can be done about it. */
export function TwoFactorState({ state, onCodes }: Props) {
  const { t } = useLingui();
  const [open, setOpen] = useState<"renew" | "remove" | null>(null);
  const close = () => setOpen(null);
  return (
    <Card>
      <p className="flex items-center gap-2 font-medium">
        <ShieldCheck size={20} aria-hidden className="shrink-0 text-green-on-soft" />
        <span>
          <Trans>On</Trans>
          {state.confirmedAt && (
            <span className="font-normal text-text-muted">
              {" · "}
              <Trans>
                since <RelativeTime at={state.confirmedAt} />
              </Trans>
            </span>
          )}
        </span>
      </p>
      <p className="mt-1 mb-3 text-text-muted">
        <Plural
          value={state.recoveryCodesLeft}
          _0="No recovery code is left. Renew them."
          one="# recovery code is left."
          other="# recovery codes are left."
        />
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setOpen("renew")}>
          <Trans>Renew the recovery codes…</Trans>
        </Button>
        <GuardedButton
          disabledReason={state.isDemanded && t`Your role demands a second factor`}
          onClick={() => setOpen("remove")}
        >
          <Trans>Remove…</Trans>
        </GuardedButton>
      </div>
      {open === "renew" && (
        <RenewDialog
          onClose={close}
          onCodes={(codes) => {
            close();
            onCodes(codes);
          }}
        />
      )}
      {open === "remove" && <RemoveDialog onClose={close} />}
    </Card>
  );
}

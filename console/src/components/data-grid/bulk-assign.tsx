import { Trans } from "@lingui/react/macro";
import { UserRound } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button";
import { GuardedButton } from "../ui/guarded-button";
import { Popover } from "../ui/popover";
import { UserPicker } from "../user-picker";

type Props = {
  /** What somebody becomes: "Agent". */
  label: string;
  pending: boolean;
  disabledReason: string | false;
  onAssign: (user: string | null) => void;
};

/** Gives the rows that are selected to somebody. */
export function BulkAssign({ label, pending, disabledReason, onAssign }: Props) {
  const [user, setUser] = useState<{ id: string; name: string } | null>(null);
  return (
    <Popover
      label={label}
      className="w-64"
      trigger={
        <GuardedButton
          size="small"
          pending={pending}
          disabledReason={disabledReason}
          icon={<UserRound size={14} aria-hidden />}
        >
          <Trans>Assign</Trans>
        </GuardedButton>
      }
    >
      <div className="flex flex-col gap-3">
        <UserPicker aria-label={label} value={user} onValueChange={setUser} />
        <Button variant="primary" onClick={() => onAssign(user?.id ?? null)}>
          {user ? <Trans>Assign to {user.name}</Trans> : <Trans>Assign to nobody</Trans>}
        </Button>
      </div>
    </Popover>
  );
}

import { useLingui } from "@lingui/react/macro";
import { AtSign } from "lucide-react";
import { useMay } from "@/api/me";
import { IconButton } from "@/components/ui/icon-button";
import { Popover } from "@/components/ui/popover";
import { UserPicker } from "@/components/user-picker";
import type { Mentioned } from "./mentions";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** `null` when nobody was chosen after all. */
  onPick: (user: Mentioned | null) => void;
};

/** Chooses whom a note names. Who sees no users can name none. */
export function MentionPicker({ open, onOpenChange, onPick }: Props) {
  const { t } = useLingui();
  if (!useMay("user:read")) return null;
  return (
    <Popover
      label={t`Mention somebody`}
      className="w-64"
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : onPick(null))}
      trigger={<IconButton label={t`Mention somebody`} icon={<AtSign size={16} aria-hidden />} />}
    >
      <UserPicker aria-label={t`Person`} value={null} onValueChange={onPick} />
    </Popover>
  );
}

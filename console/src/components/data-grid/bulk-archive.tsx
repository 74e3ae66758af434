import { Trans } from "@lingui/react/macro";
import { Archive, ArchiveRestore } from "lucide-react";
import { GuardedButton } from "../ui/guarded-button";

type Props = {
  /** Whether the list shows what is archived. */
  isArchived: boolean;
  pending: boolean;
  disabledReason: string | false;
  onAct: (action: "archive" | "restore") => void;
};

/** Puts the rows that are selected away, or takes them back. */
export function BulkArchive({ isArchived, onAct, ...state }: Props) {
  return isArchived ? (
    <GuardedButton
      {...state}
      size="small"
      icon={<ArchiveRestore size={14} aria-hidden />}
      onClick={() => onAct("restore")}
    >
      <Trans>Restore</Trans>
    </GuardedButton>
  ) : (
    <GuardedButton
      {...state}
      size="small"
      icon={<Archive size={14} aria-hidden />}
      onClick={() => onAct("archive")}
    >
      <Trans>Archive</Trans>
    </GuardedButton>
  );
}

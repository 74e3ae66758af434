import { useLingui } from "@lingui/react/macro";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useMe } from "@/api/me";
import type { Activity } from "@/components/timeline/timeline";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { IconButton } from "@/components/ui/icon-button";
import type { CustomerRecord } from "../customer";
import { useRemoveNote } from "./use-notes";

/** Takes a note away, which its author may, and who may archive every customer. */
export function RemoveNote({ customer, activity }: { customer: CustomerRecord; activity: Activity }) {
  const { t } = useLingui();
  const me = useMe();
  const [isAsking, setAsking] = useState(false);
  const remove = useRemoveNote(customer.id);
  // The log names no note: it was written at the very instant of the entry that tells of it.
  const note = customer.notes.find(({ createdAt }) => createdAt === activity.at);
  const mayAll = me.permissions.some(
    ({ permission, scope }) => permission === "customer:delete" && scope === "all",
  );
  if (!note || customer.isArchived || !(mayAll || note.createdBy?.id === me.id)) return null;
  return (
    <>
      <IconButton
        size="smallIcon"
        label={t`Remove the note`}
        icon={<Trash2 size={14} aria-hidden />}
        onClick={() => setAsking(true)}
      />
      <ConfirmDialog
        open={isAsking}
        title={t`Remove the note?`}
        action={t`Remove`}
        danger
        pending={remove.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() => remove.mutate(note.id, { onSettled: () => setAsking(false) })}
      >
        {t`It cannot be brought back; the activity log keeps its text.`}
      </ConfirmDialog>
    </>
  );
}

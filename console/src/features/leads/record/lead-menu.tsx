import { Trans, useLingui } from "@lingui/react/macro";
import { Archive, Ellipsis, Merge, Undo2, UserRoundCheck } from "lucide-react";
import { useMay, useMayRecord, useMe } from "@/api/me";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useAssignLead, useUnmergeLead } from "../mutations";
import type { Lead } from "../status";

type Props = { lead: Lead; onMerge: () => void; onArchive: () => void };

/** What is done to a lead more rarely. */
export function LeadMenu({ lead, onMerge, onArchive }: Props) {
  const { t } = useLingui();
  const me = useMe();
  const assign = useAssignLead();
  const unmerge = useUnmergeLead();
  const denied = t`You may not do this to this lead`;
  const mayUpdate = useMayRecord("lead", "update", lead.id);
  const mayDelete = useMayRecord("lead", "delete", lead.id);
  const mayMerge = useMay("lead:merge");
  const isConverted = lead.convertedCustomerId !== null;
  return (
    <Menu trigger={<IconButton label={t`More actions`} icon={<Ellipsis size={16} aria-hidden />} />}>
      {lead.assignedAgent?.id !== me.id && (
        <MenuItem
          icon={<UserRoundCheck size={16} aria-hidden />}
          disabledReason={!mayUpdate && denied}
          onClick={() => assign.mutate({ lead, agent: me.id })}
        >
          <Trans>Assign to me</Trans>
        </MenuItem>
      )}
      {!isConverted && (
        <>
          <MenuItem
            icon={<Merge size={16} aria-hidden />}
            disabledReason={!mayMerge && denied}
            onClick={onMerge}
          >
            <Trans>Merge others into it…</Trans>
          </MenuItem>
          <MenuItem
            icon={<Undo2 size={16} aria-hidden />}
            disabledReason={!mayMerge && denied}
            onClick={() => unmerge.mutate(lead.id)}
          >
            <Trans>Undo the newest merge</Trans>
          </MenuItem>
        </>
      )}
      <MenuItem
        icon={<Archive size={16} aria-hidden />}
        disabledReason={!mayDelete && denied}
        onClick={onArchive}
      >
        <Trans>Archive</Trans>
      </MenuItem>
    </Menu>
  );
}

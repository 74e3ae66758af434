import { Trans, useLingui } from "@lingui/react/macro";
import { CircleDot } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/me";
import { BulkArchive } from "@/components/data-grid/bulk-archive";
import { BulkAssign } from "@/components/data-grid/bulk-assign";
import { BulkBar } from "@/components/data-grid/bulk-bar";
import { BulkTags } from "@/components/data-grid/bulk-tags";
import type { GridSelection } from "@/components/data-grid/selection";
import { statusLabels } from "@/components/leads/status-labels";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import type { LeadFilter } from "../queries";
import { statuses } from "../status";
import { useBulkLeads } from "./use-bulk-leads";

const UnqualifyDialog = lazy(() => import("../unqualify-dialog"));

type Props = { selection: GridSelection; filter: LeadFilter; total: number | undefined; isCapped: boolean };

export default function LeadBulkBar({ selection, filter, total, isCapped }: Props) {
  const { t, i18n } = useLingui();
  const bulk = useBulkLeads(selection, filter);
  const [isUnqualifying, setUnqualifying] = useState(false);
  const denied = t`You may not do this to leads`;
  const mayUpdate = useMay("lead:update");
  const mayAssign = useMay("lead:assign");
  const mayDelete = useMay("lead:delete");
  const pending = bulk.isPending;

  return (
    <BulkBar selection={selection} total={total} isCapped={isCapped}>
      <Menu
        trigger={
          <GuardedButton
            size="small"
            pending={pending}
            disabledReason={!mayUpdate && denied}
            icon={<CircleDot size={14} aria-hidden />}
          >
            <Trans>Status</Trans>
          </GuardedButton>
        }
      >
        {statuses
          .filter((status) => status !== "New" && status !== "Converted")
          .map((status) => (
            <MenuItem
              key={status}
              onClick={() =>
                status === "Unqualified"
                  ? setUnqualifying(true)
                  : bulk.mutate({ action: "update", changes: { status } })
              }
            >
              {i18n._(statusLabels[status])}
            </MenuItem>
          ))}
      </Menu>
      <BulkAssign
        label={t`Agent`}
        pending={pending}
        disabledReason={!mayAssign && denied}
        onAssign={(agent) => bulk.mutate({ action: "assign", changes: { assignedAgent: agent } })}
      />
      <BulkTags
        resource="lead"
        pending={pending}
        disabledReason={!mayUpdate && denied}
        onSave={(tags) => bulk.mutate({ action: "update", changes: { tags } })}
      />
      <BulkArchive
        isArchived={filter.isArchived ?? false}
        pending={pending}
        disabledReason={!mayDelete && denied}
        onAct={(action) => bulk.mutate({ action })}
      />
      <Suspense>
        {isUnqualifying && (
          <UnqualifyDialog
            onClose={() => setUnqualifying(false)}
            onConfirm={(reason) => {
              setUnqualifying(false);
              bulk.mutate({ action: "update", changes: { status: "Unqualified", ...reason } });
            }}
          />
        )}
      </Suspense>
    </BulkBar>
  );
}

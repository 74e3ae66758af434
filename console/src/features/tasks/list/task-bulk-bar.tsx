import { Trans, useLingui } from "@lingui/react/macro";
import { CircleDot, Flag } from "lucide-react";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useMay } from "@/api/me";
import type { components } from "@/api/schema";
import { BulkArchive } from "@/components/data-grid/bulk-archive";
import { BulkAssign } from "@/components/data-grid/bulk-assign";
import { BulkBar } from "@/components/data-grid/bulk-bar";
import type { GridSelection } from "@/components/data-grid/selection";
import { taskKeys } from "@/components/tasks/queries";
import {
  priorities,
  priorityLabels,
  taskStatuses,
  taskStatusLabels,
  type UpdateTask,
} from "@/components/tasks/task";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useBulk } from "@/components/use-bulk";
import type { TaskFilter } from "../queries";

type FilterTasks = components["schemas"]["FilterTasks"];

/** The document demands all members that hold lists. */
const none = { status: [], custom: {} };

type Props = { selection: GridSelection; filter: TaskFilter; total: number | undefined; isCapped: boolean };

export default function TaskBulkBar({ selection, filter, total, isCapped }: Props) {
  const { t, i18n } = useLingui();
  const bulk = useBulk<UpdateTask, FilterTasks>({
    send: (body) => unwrap(client.POST("/api/tasks/bulk", { params: { header: once() }, body })),
    queryKey: taskKeys.all,
    selection,
    filter: { ...none, ...filter },
  });
  const denied = t`You may not do this to tasks`;
  const mayUpdate = useMay("task:update");
  const mayAssign = useMay("task:assign");
  const mayDelete = useMay("task:delete");

  return (
    <BulkBar selection={selection} total={total} isCapped={isCapped}>
      <Menu
        trigger={
          <GuardedButton
            size="small"
            pending={bulk.isPending}
            disabledReason={!mayUpdate && denied}
            icon={<CircleDot size={14} aria-hidden />}
          >
            <Trans>Status</Trans>
          </GuardedButton>
        }
      >
        {taskStatuses.map((status) => (
          <MenuItem key={status} onClick={() => bulk.mutate({ action: "update", changes: { status } })}>
            {i18n._(taskStatusLabels[status])}
          </MenuItem>
        ))}
      </Menu>
      <Menu
        trigger={
          <GuardedButton
            size="small"
            pending={bulk.isPending}
            disabledReason={!mayUpdate && denied}
            icon={<Flag size={14} aria-hidden />}
          >
            <Trans>Priority</Trans>
          </GuardedButton>
        }
      >
        {priorities.map((priority) => (
          <MenuItem key={priority} onClick={() => bulk.mutate({ action: "update", changes: { priority } })}>
            {i18n._(priorityLabels[priority])}
          </MenuItem>
        ))}
      </Menu>
      <BulkAssign
        label={t`Assigned to`}
        pending={bulk.isPending}
        disabledReason={!mayAssign && denied}
        onAssign={(assignedTo) => bulk.mutate({ action: "assign", changes: { assignedTo } })}
      />
      <BulkArchive
        isArchived={filter.isArchived ?? false}
        pending={bulk.isPending}
        disabledReason={!mayDelete && denied}
        onAct={(action) => bulk.mutate({ action })}
      />
    </BulkBar>
  );
}

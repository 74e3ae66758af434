import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Archive, ArchiveRestore, Check, Ellipsis, Pencil, RotateCcw } from "lucide-react";
import { useLocation, useNavigate } from "react-router";
import { useMayRecord } from "@/api/me";
import { Neighbours } from "@/components/data-grid/neighbours";
import { useNeighbours } from "@/components/data-grid/use-neighbours";
import { PageHeader } from "@/components/page-header";
import { useArchiveTask, useRestoreTask, useToggleDone } from "@/components/tasks/mutations";
import { isOpen, type Task } from "@/components/tasks/task";
import { GuardedButton } from "@/components/ui/guarded-button";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useHotkey } from "@/lib/hotkeys";
import { hrefOfTask } from "../list/columns";
import { openTasks } from "../list/scope-tabs";
import { tasksOf } from "../queries";

const editLabel = msg`Edit`;
const archiveLabel = msg`Archive`;

/** What is to be done, and what can be done to it. */
export function TaskHeader({ task }: { task: Task }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const toggleDone = useToggleDone();
  const archive = useArchiveTask();
  const restore = useRestoreTask();
  const denied = t`You may not do this to this task`;
  const mayUpdate = useMayRecord("task", "update", task.id);
  const mayDelete = useMayRecord("task", "delete", task.id);
  const { isArchived } = task;

  const neighbours = useNeighbours(tasksOf, hrefOfTask);
  const isFirst = useLocation().key === "default";
  const leave = () => (isFirst ? navigate(openTasks) : navigate(-1));
  const putAway = () => archive.mutate(task, { onSuccess: leave });
  const edit = () => navigate("edit");
  useHotkey("e", editLabel, edit, mayUpdate && !isArchived);
  useHotkey("#", archiveLabel, putAway, mayDelete && !isArchived);

  return (
    <PageHeader
      title={task.title}
      actions={
        isArchived ? (
          <GuardedButton
            size="small"
            pending={restore.isPending}
            disabledReason={!mayDelete && denied}
            icon={<ArchiveRestore size={14} aria-hidden />}
            onClick={() => restore.mutate(task.id)}
          >
            <Trans>Restore</Trans>
          </GuardedButton>
        ) : (
          <>
            <GuardedButton
              size="small"
              disabledReason={!mayUpdate && denied}
              icon={isOpen(task) ? <Check size={14} aria-hidden /> : <RotateCcw size={14} aria-hidden />}
              onClick={() => toggleDone(task)}
            >
              {isOpen(task) ? <Trans>Mark as done</Trans> : <Trans>Open again</Trans>}
            </GuardedButton>
            <GuardedButton
              size="small"
              disabledReason={!mayUpdate && denied}
              icon={<Pencil size={14} aria-hidden />}
              onClick={edit}
            >
              <Trans>Edit</Trans>
            </GuardedButton>
            <Menu trigger={<IconButton label={t`More actions`} icon={<Ellipsis size={16} aria-hidden />} />}>
              <MenuItem
                icon={<Archive size={16} aria-hidden />}
                disabledReason={!mayDelete && denied}
                onClick={putAway}
              >
                <Trans>Archive</Trans>
              </MenuItem>
            </Menu>
          </>
        )
      }
    >
      <Neighbours neighbours={neighbours} to="/tasks" label={t`Tasks`} />
    </PageHeader>
  );
}

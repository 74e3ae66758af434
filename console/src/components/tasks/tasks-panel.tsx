import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Link } from "react-router";
import { useMay } from "@/api/me";
import { ErrorState } from "../error-state";
import { Card } from "../ui/card";
import { Skeleton } from "../ui/skeleton";
import { DueLabel } from "./due-label";
import { PriorityBadge } from "./priority-badge";
import { openTasksQuery } from "./queries";
import { QuickAdd } from "./quick-add";
import { isOpen, type RelatedRecord, type Task } from "./task";
import { TaskCheck } from "./task-check";

type Props = {
  /** Where it is not about the record on whose page it stands. */
  title?: string;
  relatedTo: Pick<RelatedRecord, "type" | "id">;
  /** An archived record takes no new tasks. */
  isReadOnly: boolean;
};

/** What is to be done about a record, the next one first. */
export function TasksPanel({ title, relatedTo, isReadOnly }: Props) {
  const { t } = useLingui();
  const mayRead = useMay("task:read");
  const mayCreate = useMay("task:create");
  const tasks = useQuery({ ...openTasksQuery(`${relatedTo.type}:${relatedTo.id}`), enabled: mayRead });
  if (!mayRead) return null;
  return (
    <Card title={title ?? t`Tasks`}>
      <div className="flex flex-col gap-3">
        {tasks.isError ? (
          <ErrorState error={tasks.error} onRetry={() => tasks.refetch()} />
        ) : tasks.isPending ? (
          <Skeleton className="w-2/3" />
        ) : tasks.data.rows.length === 0 ? (
          <p className="text-text-muted">
            <Trans>There is nothing to do.</Trans>
          </p>
        ) : (
          <ul className="flex flex-col gap-2">
            {tasks.data.rows.map((task) => (
              <PanelTask key={task.id} task={task} />
            ))}
          </ul>
        )}
        {mayCreate && !isReadOnly && <QuickAdd relatedTo={relatedTo} />}
      </div>
    </Card>
  );
}

function PanelTask({ task }: { task: Task }) {
  const { id, title, assignedTo, priority } = task;
  return (
    <li className="flex items-start gap-1.5">
      <TaskCheck task={task} />
      <div className="min-w-0 grow py-0.5">
        <Link
          to={`/tasks/${id}`}
          className={clsx(
            "break-words rounded-sm hover:underline",
            !isOpen(task) && "text-text-muted line-through",
          )}
        >
          {title}
        </Link>
        <p className="flex flex-wrap gap-x-2 text-sm text-text-muted">
          <DueLabel task={task} />
          {assignedTo && <span>{assignedTo.name}</span>}
        </p>
      </div>
      {(priority === "High" || priority === "Urgent") && <PriorityBadge priority={priority} />}
    </li>
  );
}

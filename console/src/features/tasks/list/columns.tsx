import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { clsx } from "clsx";
import { Link } from "react-router";
import type { Column } from "@/components/data-grid/column";
import { Person } from "@/components/person";
import { RelativeTime } from "@/components/relative-time";
import { DueLabel } from "@/components/tasks/due-label";
import { PriorityBadge } from "@/components/tasks/priority-badge";
import { isOpen, type Task, taskStatusLabels, taskStatusTones } from "@/components/tasks/task";
import { TaskCheck } from "@/components/tasks/task-check";
import { Badge } from "@/components/ui/badge";
import { recordPath } from "@/lib/record-path";

export const nameOfTask = (task: Task) => task.title;
export const hrefOfTask = (task: Task) => `/tasks/${task.id}`;

export const taskColumns: readonly Column<Task>[] = [
  {
    id: "title",
    header: msg`Title`,
    width: 240,
    grow: 3,
    before: (task) => <TaskCheck task={task} />,
    cell: (task) => (
      <span className={clsx(!isOpen(task) && "text-text-muted line-through")}>{task.title}</span>
    ),
  },
  { id: "dueAt", header: msg`Due`, width: 190, sort: "dueAt", cell: (task) => <DueLabel task={task} /> },
  {
    id: "priority",
    header: msg`Priority`,
    width: 90,
    sort: "priority",
    cell: ({ priority }) => <PriorityBadge priority={priority} />,
  },
  {
    id: "relatedTo",
    header: msg`About`,
    width: 160,
    grow: 2,
    cell: (task) => <RelatedLink task={task} />,
  },
  {
    id: "assignedTo",
    header: msg`Assigned to`,
    width: 150,
    grow: 1,
    hiddenInCard: true,
    cell: ({ assignedTo }) => <Person user={assignedTo} />,
  },
  {
    id: "status",
    header: msg`Status`,
    width: 110,
    hiddenInCard: true,
    cell: (task) => <StatusBadge task={task} />,
  },
  {
    id: "createdAt",
    header: msg`Created`,
    width: 110,
    sort: "createdAt",
    hiddenInCard: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    id: "updatedAt",
    header: msg`Changed`,
    width: 110,
    sort: "updatedAt",
    hiddenInCard: true,
    cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
  },
];

export const standardColumns = ["title", "dueAt", "priority", "relatedTo", "assignedTo", "status"];

function StatusBadge({ task: { status } }: { task: Task }) {
  const { i18n } = useLingui();
  return <Badge tone={taskStatusTones[status]}>{i18n._(taskStatusLabels[status])}</Badge>;
}

/** The whole row leads to the task; this is above it. */
function RelatedLink({ task: { relatedTo } }: { task: Task }) {
  const path = relatedTo && recordPath(relatedTo.type, relatedTo.id);
  if (!path) return null;
  return (
    <Link to={path} className="relative z-1 truncate rounded-sm text-text-muted hover:underline">
      {relatedTo.name ?? "…"}
    </Link>
  );
}

import { Trans } from "@lingui/react/macro";
import { CircleAlert } from "lucide-react";
import { formatDateTime, formatDay } from "@/lib/format";
import { isOverdue, type Task } from "./task";

/** When a task is due: a day, or an instant in the user's zone. */
export function DueLabel({ task }: { task: Task }) {
  const { dueDate, dueAt } = task;
  if (!dueDate && !dueAt) return null;
  const text = dueDate ? formatDay(dueDate) : dueAt && formatDateTime(dueAt);
  if (!isOverdue(task)) return <span className="truncate text-text-muted">{text}</span>;
  return (
    <span className="inline-flex min-w-0 items-center gap-1 font-medium text-danger-text">
      <CircleAlert size={14} aria-hidden className="shrink-0" />
      <span className="sr-only">
        <Trans>Overdue:</Trans>
      </span>
      <span className="truncate">{text}</span>
    </span>
  );
}

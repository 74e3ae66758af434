import { useLingui } from "@lingui/react/macro";
import { useQuickChange } from "@/components/tasks/mutations";
import { dueDay, type Task, type UpdateTask } from "@/components/tasks/task";
import { formatLongDay, instantAt, wallTimeAt } from "@/lib/format";

/** Makes a task due on another day; one that is due at a time keeps the time. Undo takes it back. */
export function useMoveTask() {
  const { t } = useLingui();
  const change = useQuickChange();
  return (task: Task, day: string) => {
    if (dueDay(task) === day) return;
    const { dueAt, dueDate, title } = task;
    const to: UpdateTask = dueAt
      ? { dueAt: instantAt(`${day}T${wallTimeAt(dueAt).slice(11)}`) }
      : { dueDate: day };
    change(task, to, dueAt ? { dueAt } : { dueDate }, t`${title} is due on ${formatLongDay(day)}`);
  };
}

import { useLingui } from "@lingui/react/macro";
import { Circle, CircleCheck } from "lucide-react";
import { useMay } from "@/api/me";
import { Tooltip } from "../ui/tooltip";
import { useToggleDone } from "./mutations";
import { isOpen, type Task } from "./task";

/** Marks a task as done, and back. */
export function TaskCheck({ task }: { task: Task }) {
  const { t } = useLingui();
  const mayUpdate = useMay("task:update");
  const toggle = useToggleDone();
  const isDone = !isOpen(task);
  const reason = task.isArchived
    ? t`Archived tasks cannot be changed`
    : !mayUpdate && t`You may not change tasks`;
  const Icon = isDone ? CircleCheck : Circle;
  const check = (
    // biome-ignore lint/a11y/useSemanticElements: a native checkbox looks like that which selects the row
    <button
      type="button"
      role="checkbox"
      aria-checked={isDone}
      aria-label={t`Done: ${task.title}`}
      aria-disabled={reason ? true : undefined}
      onClick={() => !reason && toggle(task)}
      className="grid size-6 shrink-0 place-items-center rounded-full text-text-muted hover:text-text aria-checked:text-accent-text aria-disabled:opacity-60"
    >
      <Icon size={16} aria-hidden />
    </button>
  );
  return reason ? <Tooltip text={reason}>{check}</Tooltip> : check;
}

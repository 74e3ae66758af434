import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { Ellipsis } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { PriorityBadge } from "@/components/tasks/priority-badge";
import { dueDay, isOpen, isOverdue, type Task } from "@/components/tasks/task";
import { TaskCheck } from "@/components/tasks/task-check";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuGroup, MenuItem } from "@/components/ui/menu";
import { formatLongDay, formatTime } from "@/lib/format";

type Props = {
  task: Task;
  /** The days that it can be moved to. */
  days: readonly string[];
  mayMove: boolean;
  onMove: (task: Task, day: string) => void;
};

/** A task in the week. It is dragged to another day, or moved there by its menu. */
export function WeekTask({ task, days, mayMove, onMove }: Props) {
  const { t } = useLingui();
  const card = useRef<HTMLLIElement>(null);
  const [isDragged, setDragged] = useState(false);
  const { id, title, dueAt, priority } = task;

  useEffect(() => {
    const element = card.current;
    if (!element || !mayMove) return;
    return draggable({
      element,
      getInitialData: () => ({ taskId: id }),
      onDragStart: () => setDragged(true),
      onDrop: () => setDragged(false),
    });
  }, [id, mayMove]);

  return (
    <li
      ref={card}
      className={clsx(
        "flex flex-col gap-0.5 rounded-md border border-line bg-surface p-1.5",
        mayMove && "cursor-grab",
        isDragged && "opacity-50",
      )}
    >
      <div className="flex items-start">
        <TaskCheck task={task} />
        <Link
          to={`/tasks/${id}`}
          draggable={false}
          className={clsx(
            "min-w-0 grow break-words rounded-sm py-0.5 hover:underline",
            !isOpen(task) && "text-text-muted line-through",
          )}
        >
          {title}
        </Link>
      </div>
      <div className="flex items-center gap-x-1.5 ps-6 text-sm text-text-muted">
        <p className="flex min-w-0 grow flex-wrap items-center gap-x-1.5">
          {dueAt && <span>{formatTime(dueAt)}</span>}
          {isOverdue(task) && <span className="font-medium text-danger-text">{t`Overdue`}</span>}
          {(priority === "High" || priority === "Urgent") && <PriorityBadge priority={priority} />}
        </p>
        {mayMove && (
          <Menu
            trigger={
              <IconButton
                size="smallIcon"
                label={t`Move ${title}`}
                icon={<Ellipsis size={14} aria-hidden />}
              />
            }
          >
            <MenuGroup label={t`Move to`}>
              {days
                .filter((day) => day !== dueDay(task))
                .map((day) => (
                  <MenuItem key={day} onClick={() => onMove(task, day)}>
                    {formatLongDay(day)}
                  </MenuItem>
                ))}
            </MenuGroup>
          </Menu>
        )}
      </div>
    </li>
  );
}

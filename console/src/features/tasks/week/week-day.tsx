import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { Trans, useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { Plus } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import type { Task } from "@/components/tasks/task";
import { buttonClass } from "@/components/ui/button";
import { formatLongDay, formatWeekday } from "@/lib/format";
import { today } from "@/lib/week";
import { WeekTask } from "./week-task";

type Props = {
  day: string;
  days: readonly string[];
  tasks: readonly Task[];
  mayMove: boolean;
  mayCreate: boolean;
  /** Moves the task with this id, which was dropped here. */
  onDrop: (taskId: string, day: string) => void;
  onMove: (task: Task, day: string) => void;
};

/** A day of the week and what is due on it. */
export function WeekDay({ day, days, tasks, mayMove, mayCreate, onDrop, onMove }: Props) {
  const { t } = useLingui();
  const { search } = useLocation();
  const column = useRef<HTMLElement>(null);
  const [isOver, setOver] = useState(false);
  const drop = useEffectEvent(onDrop);
  const isToday = day === today();
  const form = new URLSearchParams(search);
  form.set("day", day);

  useEffect(() => {
    const element = column.current;
    if (!element) return;
    return dropTargetForElements({
      element,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false);
        if (typeof source.data.taskId === "string") drop(source.data.taskId, day);
      },
    });
  }, [day]);

  return (
    <section
      ref={column}
      aria-labelledby={`day-${day}`}
      className={clsx("flex min-w-0 flex-col gap-2 p-2 sm:min-h-40", isOver && "bg-selected")}
    >
      <header className="flex items-center justify-between">
        <h2
          id={`day-${day}`}
          aria-current={isToday ? "date" : undefined}
          className={clsx("font-medium text-sm", isToday ? "text-accent-text" : "text-text-muted")}
        >
          <span aria-hidden>{formatWeekday(day)}</span>
          <span className="sr-only">{formatLongDay(day)}</span>
          {isToday && (
            <>
              {" · "}
              <Trans>Today</Trans>
            </>
          )}
        </h2>
        {mayCreate && (
          <Link
            to={`/tasks/week/new?${form}`}
            aria-label={t`New task on ${formatLongDay(day)}`}
            className={buttonClass({ variant: "ghost", size: "smallIcon" })}
          >
            <Plus size={14} aria-hidden />
          </Link>
        )}
      </header>
      {tasks.length > 0 && (
        <ul className="flex flex-col gap-1.5">
          {tasks.map((task) => (
            <WeekTask key={task.id} task={task} days={days} mayMove={mayMove} onMove={onMove} />
          ))}
        </ul>
      )}
    </section>
  );
}

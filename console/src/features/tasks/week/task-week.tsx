import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, List } from "lucide-react";
import { Link, Outlet, useSearchParams } from "react-router";
import { useMay, useMe } from "@/api/me";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { dueTasksQuery } from "@/components/tasks/queries";
import { dueDay, type Task } from "@/components/tasks/task";
import { Button, buttonClass } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Skeleton } from "@/components/ui/skeleton";
import { addDays, formatDays } from "@/lib/format";
import { setParameter } from "@/lib/list-state";
import { daysOfWeek, startOfWeek, today } from "@/lib/week";
import { openTasks } from "../list/scope-tabs";
import { useMoveTask } from "./use-move-task";
import { WeekDay } from "./week-day";

const isDay = /^\d{4}-\d{2}-\d{2}$/;

/** What is due in a week, day by day. */
export function Component() {
  const { t } = useLingui();
  const me = useMe();
  const [parameters, setParameters] = useSearchParams();
  const asked = parameters.get("from") ?? "";
  const start = startOfWeek(isDay.test(asked) ? asked : today());
  const days = daysOfWeek(start);
  const isMine = parameters.get("who") !== "all";
  // Days of the server's calendar may begin earlier or later than the user's.
  const query = useQuery({
    ...dueTasksQuery(addDays(start, -1), addDays(start, 7), isMine ? me.id : undefined),
    placeholderData: keepPreviousData,
  });
  const tasks = query.data?.rows ?? none;
  const mayMove = useMay("task:update");
  const mayCreate = useMay("task:create");
  const move = useMoveTask();

  const set = (name: string, value: string | null) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        setParameter(next, name, value);
        return next;
      },
      { replace: true },
    );
  const show = (day: string) => set("from", startOfWeek(day) === startOfWeek(today()) ? null : day);

  return (
    <>
      <PageHeader
        title={t`Week`}
        actions={
          <Link to={openTasks} className={buttonClass()}>
            <List size={16} aria-hidden />
            <Trans>List</Trans>
          </Link>
        }
      />
      <div className="flex flex-wrap items-center gap-2 px-4 pb-2 sm:px-6">
        <IconButton
          label={t`Previous week`}
          icon={<ChevronLeft size={16} aria-hidden className="rtl:rotate-180" />}
          onClick={() => show(addDays(start, -7))}
        />
        <IconButton
          label={t`Next week`}
          icon={<ChevronRight size={16} aria-hidden className="rtl:rotate-180" />}
          onClick={() => show(addDays(start, 7))}
        />
        <Button size="small" onClick={() => show(today())}>
          <Trans>This week</Trans>
        </Button>
        <p role="status" className="font-medium">
          {formatDays(start, addDays(start, 6))}
        </p>
        <fieldset className="ms-auto flex gap-1">
          <legend className="sr-only">{t`Whose tasks`}</legend>
          {[true, false].map((mine) => (
            <Button
              key={String(mine)}
              size="small"
              variant="ghost"
              aria-pressed={mine === isMine}
              className="aria-pressed:bg-selected"
              onClick={() => set("who", mine ? null : "all")}
            >
              {mine ? t`Mine` : t`Everybody’s`}
            </Button>
          ))}
        </fieldset>
      </div>
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : query.isPending ? (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-64 w-full" />
        </div>
      ) : (
        <section
          aria-label={t`Tasks of the week`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="grid min-h-0 grow grid-cols-1 divide-y divide-line overflow-auto border-t bg-canvas sm:grid-cols-[repeat(7,minmax(9.5rem,1fr))] sm:divide-x sm:divide-y-0"
        >
          {days.map((day) => (
            <WeekDay
              key={day}
              day={day}
              days={days}
              tasks={tasks.filter((task) => dueDay(task) === day)}
              mayMove={mayMove}
              mayCreate={mayCreate}
              onMove={move}
              onDrop={(id, to) => {
                const task = tasks.find((other) => other.id === id);
                if (task) move(task, to);
              }}
            />
          ))}
        </section>
      )}
      <Outlet />
    </>
  );
}

const none: Task[] = [];

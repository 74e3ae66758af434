import { Trans, useLingui } from "@lingui/react/macro";
import { CalendarDays, ListChecks, Plus } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { useMay } from "@/api/me";
import { DataGrid } from "@/components/data-grid/data-grid";
import { ExportMenu } from "@/components/data-grid/export-menu";
import { ListToolbar } from "@/components/data-grid/list-toolbar";
import { useSelection } from "@/components/data-grid/selection";
import { useColumns } from "@/components/data-grid/use-columns";
import { useTotal } from "@/components/data-grid/use-total";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { SavedViews } from "@/components/saved-views/saved-views";
import { Button, buttonClass } from "@/components/ui/button";
import { setParameter, useListState } from "@/lib/list-state";
import { exportTasks, type TaskFilter, taskFilter, taskPages, taskSorts, taskTotal } from "../queries";
import { hrefOfTask, nameOfTask, standardColumns, taskColumns } from "./columns";
import { ScopeTabs } from "./scope-tabs";
import { taskFilterFields } from "./task-filters";

const TaskBulkBar = lazy(() => import("./task-bulk-bar"));

export function Component() {
  const { t } = useLingui();
  const list = useListState(taskFilter, taskSorts);
  const { filter, sort } = list;
  const pageQuery = useMemo(() => taskPages(filter, sort), [filter, sort]);
  const count = useTotal(pageQuery, taskTotal(filter));
  const columns = useColumns(taskColumns, standardColumns, list.columns);
  const selection = useSelection();

  return (
    <>
      <PageHeader
        title={t`Tasks`}
        aside={<SavedViews resource="task" list={list} columns={columns.map(({ id }) => id)} />}
        actions={
          <>
            <Link to="/tasks/week" className={buttonClass()}>
              <CalendarDays size={16} aria-hidden />
              <Trans>Week</Trans>
            </Link>
            <ExportMenu
              resource="task"
              name={t`tasks`}
              load={(format) => exportTasks(filter, sort, format)}
            />
            <NewTaskLink />
          </>
        }
      />
      <div className="mb-2 border-b">
        <ScopeTabs parameters={list.parameters} />
      </div>
      <ListToolbar list={list} fields={taskFilterFields} columns={taskColumns} shownColumns={columns} />
      <DataGrid
        label={t`Tasks`}
        columns={columns}
        pageQuery={pageQuery}
        exactTotal={count.exact}
        sorting={{
          sort,
          onSortChange: (next) => list.change((parameters) => setParameter(parameters, "sort", next)),
        }}
        nameOf={nameOfTask}
        hrefOf={hrefOfTask}
        selection={selection}
        markedId={list.selected}
        empty={<NoTasks filter={filter} onClear={() => list.change(clear)} />}
      />
      <Suspense>
        {(selection.isAll || selection.ids.size > 0) && (
          <TaskBulkBar selection={selection} filter={filter} total={count.total} isCapped={count.isCapped} />
        )}
      </Suspense>
      <Outlet />
    </>
  );
}

function clear(parameters: URLSearchParams) {
  for (const name of Object.keys(taskFilter)) parameters.delete(name);
}

function NewTaskLink() {
  const { search } = useLocation();
  if (!useMay("task:create")) return null;
  return (
    <Link to={`/tasks/new${search}`} className={buttonClass({ variant: "primary" })}>
      <Plus size={16} aria-hidden />
      <Trans>New task</Trans>
    </Link>
  );
}

function NoTasks({ filter, onClear }: { filter: TaskFilter; onClear: () => void }) {
  const { t } = useLingui();
  if (Object.keys(filter).length > 0) {
    return (
      <EmptyState
        icon={ListChecks}
        title={t`No task is like this`}
        actions={
          <>
            <Button onClick={onClear}>
              <Trans>Show all tasks</Trans>
            </Button>
            <NewTaskLink />
          </>
        }
      />
    );
  }
  return (
    <EmptyState icon={ListChecks} title={t`No tasks yet`} actions={<NewTaskLink />}>
      <Trans>A task is something to do by a day or an hour, about a lead or a customer or on its own.</Trans>
    </EmptyState>
  );
}

import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { type PageQuery, pageSize } from "@/components/data-grid/pages";
import type { TotalQuery } from "@/components/data-grid/use-total";
import { taskKeys } from "@/components/tasks/queries";
import { priorities, type Task, taskStatuses } from "@/components/tasks/task";
import { type FilterOf, flag, manyOf, oneOf, readFilter, text } from "@/lib/list-state";

/** What the list can be narrowed by: the parameters of `GET /api/tasks`. */
export const taskFilter = {
  search: text,
  status: manyOf(taskStatuses),
  priority: oneOf(priorities),
  assignedTo: text,
  relatedTo: text,
  due: oneOf(["overdue", "today", "week"]),
  from: text,
  to: text,
  isArchived: flag,
  scope: oneOf(["own", "queue", "team", "all"]),
};

export type TaskFilter = FilterOf<typeof taskFilter>;

export const taskSorts = [
  "dueAt",
  "-dueAt",
  "priority",
  "-priority",
  "createdAt",
  "-createdAt",
  "updatedAt",
  "-updatedAt",
] as const;
export type TaskSort = (typeof taskSorts)[number];

export const taskPages =
  (filter: TaskFilter, sort: TaskSort): PageQuery<Task> =>
  (page) => ({
    queryKey: [...taskKeys.lists, "page", filter, sort, page],
    queryFn: async ({ signal }) => {
      const query = { ...filter, sort, page, limit: pageSize };
      const { tasks, totalTasks, totalIsCapped } = await unwrap(
        client.GET("/api/tasks", { params: { query }, signal }),
      );
      return { rows: tasks, total: totalTasks ?? 0, isCapped: totalIsCapped };
    },
  });

/** The list at this address. */
export function tasksOf(search: URLSearchParams): PageQuery<Task> {
  const sort = taskSorts.find((known) => known === search.get("sort")) ?? taskSorts[0];
  return taskPages(readFilter(taskFilter, search), sort);
}

export const taskTotal = (filter: TaskFilter): TotalQuery => ({
  queryKey: ["tasks", "total", filter],
  queryFn: async ({ signal }) => {
    const query = { ...filter, limit: 1, count: "exact" } as const;
    const { totalTasks } = await unwrap(client.GET("/api/tasks", { params: { query }, signal }));
    return totalTasks ?? 0;
  },
});

export const exportTasks = (
  filter: TaskFilter,
  sort: TaskSort,
  format: components["schemas"]["ExportFormat"],
) =>
  unwrap(
    client.GET("/api/tasks/export", { params: { query: { ...filter, sort, format } }, parseAs: "blob" }),
  );

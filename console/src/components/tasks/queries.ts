import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { openStatuses, type Task } from "./task";

/** All of it that may be old after any change of a task. */
export const taskKeys = {
  all: ["tasks"],
  /** Whatever holds `rows` of tasks. */
  lists: ["tasks", "list"],
  record: (id: string) => ["tasks", "record", id],
};

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: taskKeys.record(id),
    queryFn: ({ signal }) => unwrap(client.GET("/api/tasks/{id}", { params: { path: { id } }, signal })),
  });

/** What is still to be done about a record, the next one first. */
export const openTasksQuery = (relatedTo: string) =>
  queryOptions({
    queryKey: [...taskKeys.lists, "about", relatedTo],
    queryFn: async ({ signal }) => {
      const query = { relatedTo, status: [...openStatuses], limit: 50 };
      const { tasks } = await unwrap(client.GET("/api/tasks", { params: { query }, signal }));
      return { rows: tasks };
    },
  });

/** The tasks that are due from one day to another, both included: a thousand of them. */
export const dueTasksQuery = (from: string, to: string, assignedTo: string | undefined) =>
  queryOptions({
    queryKey: [...taskKeys.lists, "due", from, to, assignedTo ?? ""],
    queryFn: async ({ signal }) => {
      const rows: Task[] = [];
      let cursor: string | null = null;
      do {
        const query = { from, to, limit: 100, ...(assignedTo && { assignedTo }), ...(cursor && { cursor }) };
        const page: { tasks: Task[]; nextCursor: string | null } = await unwrap(
          client.GET("/api/tasks", { params: { query }, signal }),
        );
        rows.push(...page.tasks);
        cursor = page.nextCursor;
      } while (cursor && rows.length < 1000);
      return { rows };
    },
  });

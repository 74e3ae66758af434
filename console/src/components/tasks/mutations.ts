import { useLingui } from "@lingui/react/macro";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { replaceRecord } from "@/api/cached-rows";
import { client, ifUnchanged, once } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { notify } from "@/stores/toast";
import { notifyError } from "../problem";
import { taskKeys } from "./queries";
import { isOpen, type Task, type UpdateTask } from "./task";

const timelines = { Lead: "leads", Customer: "customers" };

/** What is said elsewhere about a task is old too. */
function refreshRelated(queryClient: QueryClient, { relatedTo }: Task): void {
  if (!relatedTo) return;
  queryClient.invalidateQueries({ queryKey: [timelines[relatedTo.type], "timeline", relatedTo.id] });
}

/** Takes over a task as the server now has it, without asking for it again. */
function take(queryClient: QueryClient, task: Task): void {
  replaceRecord(queryClient, taskKeys, task);
  queryClient.invalidateQueries({ queryKey: taskKeys.lists, refetchType: "none" });
  queryClient.invalidateQueries({ queryKey: ["tasks", "timeline", task.id] });
  refreshRelated(queryClient, task);
}

export function useCreateTask() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["CreateTask"]) =>
      unwrap(client.POST("/api/tasks", { params: { header: once() }, body })),
    meta: { showsError: true },
    onSuccess: (task) => {
      queryClient.invalidateQueries({ queryKey: taskKeys.lists });
      refreshRelated(queryClient, task);
    },
  });
}

/** What the task will look like, should the server agree. Who and what it is about have names, which only the server knows. */
function applied(
  task: Task,
  { title, status, priority, assignedTo: _, relatedTo: __, custom: ___, ...others }: UpdateTask,
): Task {
  return {
    ...task,
    ...others,
    ...(title && { title }),
    ...(status && { status }),
    ...(priority && { priority }),
  };
}

/** Shows the change at once, and takes it back when the server refuses it. */
export function useUpdateTask() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ task, changes }: { task: Task; changes: UpdateTask }) =>
      unwrap(
        client.PATCH("/api/tasks/{id}", {
          params: { path: { id: task.id }, header: ifUnchanged(task) },
          body: changes,
        }),
      ),
    meta: { showsError: true },
    onMutate: async ({ task, changes }) => {
      await queryClient.cancelQueries({ queryKey: taskKeys.all });
      return replaceRecord(queryClient, taskKeys, applied(task, changes));
    },
    onError: (error, _variables, takeBack) => {
      takeBack?.();
      if (hasCode(error, "stale")) queryClient.invalidateQueries({ queryKey: taskKeys.all });
    },
    onSuccess: (task) => take(queryClient, task),
  });
}

/** Changes a task by one click, and offers to take it back. */
export function useQuickChange() {
  const { t } = useLingui();
  const update = useUpdateTask();
  return (task: Task, changes: UpdateTask, before: UpdateTask, said: string) =>
    update.mutate(
      { task, changes },
      {
        onError: notifyError,
        onSuccess: (changed) =>
          notify({
            title: said,
            undo: {
              label: t`Undo`,
              run: () => update.mutate({ task: changed, changes: before }, { onError: notifyError }),
            },
          }),
      },
    );
}

/** Marks a task as done, or opens it again. */
export function useToggleDone() {
  const { t } = useLingui();
  const change = useQuickChange();
  return (task: Task) => {
    const status = isOpen(task) ? "Done" : "Open";
    const said = status === "Done" ? t`${task.title} is done` : t`${task.title} is open again`;
    change(task, { status }, { status: task.status }, said);
  };
}

export function useRestoreTask() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/tasks/{id}/restore", { params: { path: { id }, header: once() } })),
    onSuccess: (task) => {
      take(queryClient, task);
      queryClient.invalidateQueries({ queryKey: taskKeys.lists });
    },
  });
}

/** Puts a task away at once, and offers to bring it back. */
export function useArchiveTask() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const restore = useRestoreTask();
  return useMutation({
    mutationFn: (task: Task) =>
      unwrap(
        client.DELETE("/api/tasks/{id}", { params: { path: { id: task.id }, header: ifUnchanged(task) } }),
      ),
    onSuccess: (_message, task) => {
      queryClient.invalidateQueries({ queryKey: taskKeys.all });
      refreshRelated(queryClient, task);
      notify({
        title: t`${task.title} is archived`,
        undo: { label: t`Undo`, run: () => restore.mutate(task.id) },
      });
    },
  });
}

import { t } from "@lingui/core/macro";
import * as z from "zod/mini";
import type { components } from "@/api/schema";
import type { Draft } from "@/components/custom-fields/draft";
import type { PickedRecord } from "@/components/record-picker";
import { priorities, type Task, taskStatuses } from "@/components/tasks/task";
import { instantAt, wallTimeAt } from "@/lib/format";

type CreateTask = components["schemas"]["CreateTask"];

const dueKinds = ["none", "day", "instant"] as const;

/** What the form asks for. The server checks it too, and more. */
export const taskSchema = z
  .object({
    title: z.string().check(z.trim(), z.minLength(1, { error: () => t`Title is required` })),
    description: z.string().check(z.trim()),
    status: z.enum(taskStatuses),
    priority: z.enum(priorities),
    due: z.enum(dueKinds),
    dueDate: z.string(),
    /** What clocks in the user's zone show. */
    dueAt: z.string(),
    remindAt: z.string(),
    assignedTo: z.nullable(z.object({ id: z.string(), name: z.string() })),
    relatedTo: z.nullable(z.custom<PickedRecord>()),
    custom: z.record(z.string(), z.custom<Draft>()),
  })
  .check(
    z.refine(({ due, dueDate }) => due !== "day" || dueDate !== "", {
      path: ["dueDate"],
      error: () => t`Choose a day`,
      when: () => true,
    }),
    z.refine(({ due, dueAt }) => due !== "instant" || dueAt !== "", {
      path: ["dueAt"],
      error: () => t`Choose a day and a time`,
      when: () => true,
    }),
  );

export type TaskInput = z.output<typeof taskSchema>;

export const emptyTask: TaskInput = {
  title: "",
  description: "",
  status: "Open",
  priority: "Medium",
  due: "none",
  dueDate: "",
  dueAt: "",
  remindAt: "",
  assignedTo: null,
  relatedTo: null,
  custom: {},
};

/** A task as the form has it. */
export function inputOf(task: Task): TaskInput {
  const { title, description, status, priority, dueDate, dueAt, remindAt, assignedTo, relatedTo } = task;
  return {
    title,
    description: description ?? "",
    status,
    priority,
    due: dueDate ? "day" : dueAt ? "instant" : "none",
    dueDate: dueDate ?? "",
    dueAt: dueAt ? wallTimeAt(dueAt) : "",
    remindAt: remindAt ? wallTimeAt(remindAt) : "",
    assignedTo,
    relatedTo: relatedTo && {
      type: relatedTo.type === "Lead" ? "lead" : "customer",
      id: relatedTo.id,
      name: relatedTo.name ?? "…",
    },
    custom: {},
  };
}

/** What the form has, less custom values, as the server takes it; `null` is nothing. */
export function contentOf(input: TaskInput): CreateTask {
  const { title, description, status, priority, due, dueDate, dueAt, remindAt, assignedTo, relatedTo } =
    input;
  return {
    title,
    description: description || null,
    status,
    priority,
    dueDate: due === "day" ? dueDate : null,
    dueAt: due === "instant" ? instantAt(dueAt) : null,
    remindAt: remindAt ? instantAt(remindAt) : null,
    assignedTo: assignedTo?.id ?? null,
    relatedTo: relatedTo && { type: relatedTo.type === "lead" ? "Lead" : "Customer", id: relatedTo.id },
  };
}

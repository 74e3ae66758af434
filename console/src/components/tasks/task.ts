import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { components } from "@/api/schema";
import { dayOf } from "@/lib/format";
import type { Tone } from "../ui/badge";

export type Task = components["schemas"]["Task"];
export type TaskStatus = components["schemas"]["TaskStatus"];
export type TaskPriority = components["schemas"]["TaskPriority"];
export type UpdateTask = components["schemas"]["UpdateTask"];
export type RelatedRecord = components["schemas"]["RelatedRecord"];

export const taskStatuses = ["Open", "InProgress", "Done", "Cancelled"] as const;
export const openStatuses = ["Open", "InProgress"] as const;
export const priorities = ["Low", "Medium", "High", "Urgent"] as const;

export const taskStatusLabels: Record<TaskStatus, MessageDescriptor> = {
  Open: msg`Open`,
  InProgress: msg`In progress`,
  Done: msg`Done`,
  Cancelled: msg`Cancelled`,
};

export const taskStatusTones: Record<TaskStatus, Tone> = {
  Open: "blue",
  InProgress: "violet",
  Done: "green",
  Cancelled: "neutral",
};

export const priorityLabels: Record<TaskPriority, MessageDescriptor> = {
  Low: msg`Low`,
  Medium: msg`Medium`,
  High: msg`High`,
  Urgent: msg`Urgent`,
};

export const priorityTones: Record<TaskPriority, Tone> = {
  Low: "neutral",
  Medium: "blue",
  High: "amber",
  Urgent: "red",
};

export const isOpen = ({ status }: Pick<Task, "status">) => status === "Open" || status === "InProgress";

/** The day on which it is due: its own, or that of its instant in the user's zone. */
export function dueDay({ dueDate, dueAt }: Pick<Task, "dueDate" | "dueAt">): string | null {
  return dueDate ?? (dueAt ? dayOf(dueAt) : null);
}

/** Whether it should have been done by now. A day is over when it is over for the user. */
export function isOverdue(task: Task, now = new Date()): boolean {
  if (!isOpen(task)) return false;
  if (task.dueDate) return task.dueDate < dayOf(now.toISOString());
  return task.dueAt !== null && new Date(task.dueAt) < now;
}

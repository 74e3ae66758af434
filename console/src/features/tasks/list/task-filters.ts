import { msg } from "@lingui/core/macro";
import type { FilterField } from "@/components/filters/filter-field";
import { priorities, priorityLabels, taskStatuses, taskStatusLabels } from "@/components/tasks/task";

export const taskFilterFields: readonly FilterField[] = [
  {
    kind: "options",
    name: "status",
    label: msg`Status`,
    options: taskStatuses.map((value) => ({ value, label: taskStatusLabels[value] })),
  },
  {
    kind: "options",
    name: "priority",
    label: msg`Priority`,
    isSingle: true,
    options: priorities.map((value) => ({ value, label: priorityLabels[value] })),
  },
  { kind: "user", name: "assignedTo", label: msg`Assigned to` },
  {
    kind: "options",
    name: "due",
    label: msg`Due`,
    isSingle: true,
    options: [
      { value: "overdue", label: msg`Overdue` },
      { value: "today", label: msg`Today` },
      { value: "week", label: msg`This week` },
    ],
  },
  { kind: "days", from: "from", to: "to", label: msg`Due between` },
  {
    kind: "options",
    name: "isArchived",
    label: msg`Archived`,
    isSingle: true,
    options: [{ value: "true", label: msg`Archived only` }],
  },
];

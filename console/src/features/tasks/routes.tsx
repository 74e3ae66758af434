import { msg } from "@lingui/core/macro";
import { ListChecks } from "lucide-react";
import type { Feature } from "@/lib/feature";

const newTask = () => import("./new-task");

export const tasks: Feature = {
  routes: [
    {
      path: "/tasks",
      lazy: () => import("./list/task-list"),
      children: [{ path: "new", lazy: newTask }],
    },
    {
      path: "/tasks/week",
      lazy: () => import("./week/task-week"),
      children: [{ path: "new", lazy: newTask }],
    },
    {
      path: "/tasks/:id",
      lazy: () => import("./record/task-page"),
      children: [{ path: "edit", lazy: () => import("./edit-task") }],
    },
  ],
  navigation: [
    {
      // What is still to be done; also in list/scope-tabs.tsx.
      to: "/tasks?status=Open&status=InProgress",
      label: msg`Tasks`,
      icon: ListChecks,
      permission: "task:read",
      key: "t",
    },
  ],
  commands: [{ to: "/tasks/new", label: msg`New task`, icon: ListChecks, permission: "task:create" }],
};

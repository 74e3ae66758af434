import { useLingui } from "@lingui/react/macro";

/** What people call the fields of a task. */
export function useTaskFieldLabels() {
  const { t } = useLingui();
  return {
    title: t`Title`,
    description: t`Description`,
    status: t`Status`,
    priority: t`Priority`,
    dueDate: t`Due on`,
    dueAt: t`Due at`,
    remindAt: t`Remind at`,
    assignedTo: t`Assigned to`,
    relatedTo: t`About`,
    completedAt: t`Done`,
  };
}

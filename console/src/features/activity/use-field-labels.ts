import { useLingui } from "@lingui/react/macro";

/** What people call the fields that the log tells of. */
export function useFieldLabels(): Record<string, string> {
  const { t } = useLingui();
  return {
    name: t`Name`,
    title: t`Title`,
    emailId: t`Email`,
    phone: t`Phone`,
    company: t`Company`,
    source: t`Source`,
    status: t`Status`,
    assignedAgent: t`Agent`,
    owner: t`Owner`,
    tags: t`Tags`,
    unqualifiedReason: t`Reason`,
    unqualifiedNote: t`Note`,
    isArchived: t`Archived`,
    description: t`Description`,
    priority: t`Priority`,
    dueDate: t`Due on`,
    dueAt: t`Due at`,
    remindAt: t`Remind at`,
    assignedTo: t`Assigned to`,
    completedAt: t`Done`,
    roles: t`Roles`,
    teams: t`Teams`,
    grants: t`Permissions`,
    isActive: t`Active`,
  };
}

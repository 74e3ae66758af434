import { useLingui } from "@lingui/react/macro";

/** What people call the fields of a lead. */
export function useLeadFieldLabels() {
  const { t } = useLingui();
  return {
    name: t`Name`,
    emailId: t`Email`,
    phone: t`Phone`,
    company: t`Company`,
    source: t`Source`,
    status: t`Status`,
    assignedAgent: t`Agent`,
    tags: t`Tags`,
    unqualifiedReason: t`Reason`,
    unqualifiedNote: t`Note`,
  };
}

import { useLingui } from "@lingui/react/macro";

/** What people call the fields of a customer. */
export function useCustomerFieldLabels() {
  const { t } = useLingui();
  return {
    name: t`Name`,
    company: t`Company`,
    emailId: t`Email`,
    phone: t`Phone`,
    owner: t`Owner`,
    tags: t`Tags`,
  };
}

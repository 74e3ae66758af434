import { useLingui } from "@lingui/react/macro";

/** What people call the fields of a deal. */
export function useDealFieldLabels() {
  const { t } = useLingui();
  return {
    name: t`Name`,
    amount: t`Amount`,
    probabilityOverride: t`Probability`,
    expectedCloseDate: t`Expected close`,
    stageId: t`Stage`,
    owner: t`Owner`,
    lostReason: t`Reason`,
  };
}

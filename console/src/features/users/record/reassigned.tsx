import { Trans, useLingui } from "@lingui/react/macro";
import type { components } from "@/api/schema";
import { formatNumber } from "@/lib/format";

type Props = {
  result: components["schemas"]["UserDisabled"];
  /** Who got them; `null` is nobody. */
  to: string | null;
};

/** How many records of each kind went from a user to somebody else. */
export function Reassigned({ result, to }: Props) {
  const { t } = useLingui();
  const counts = [
    { label: t`Leads`, count: result.reassignedLeads },
    { label: t`Customers`, count: result.reassignedCustomers },
    { label: t`Tasks`, count: result.reassignedTasks },
    { label: t`Others, such as deals`, count: result.reassignedOthers },
  ].filter(({ count }) => count > 0);
  if (counts.length === 0) {
    return (
      <p>
        <Trans>No record was reassigned.</Trans>
      </p>
    );
  }
  return (
    <>
      <p>{to ? <Trans>These went to {to}:</Trans> : <Trans>These belong to nobody now:</Trans>}</p>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
        {counts.map(({ label, count }) => (
          <div key={label} className="contents">
            <dt className="text-text-muted">{label}</dt>
            <dd className="text-end">{formatNumber(count)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { CalendarDays } from "lucide-react";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { formatDay, formatDuration, formatMoney } from "@/lib/format";
import { today } from "@/lib/week";
import { type Deal, isOverdue, isStale } from "../deal";

/** What a card says beneath the deal's name. */
export function DealCard({ deal }: { deal: Deal }) {
  const { t } = useLingui();
  const { amount, customer, owner, expectedCloseDate, lostReason } = deal;
  return (
    <>
      {customer.name && <p className="truncate text-text-muted">{customer.name}</p>}
      {lostReason && <p className="line-clamp-2 text-sm text-text-muted">{lostReason}</p>}
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        {amount && <span className="font-semibold">{formatMoney(amount.amount, amount.currency)}</span>}
        {expectedCloseDate && <CloseDate day={expectedCloseDate} isOverdue={isOverdue(deal, today())} />}
        {isStale(deal) && <StaleBadge deal={deal} />}
        {owner && (
          <span className="ms-auto flex" title={owner.name}>
            <Avatar name={owner.name} />
            <span className="sr-only">{t`Owner: ${owner.name}`}</span>
          </span>
        )}
      </div>
    </>
  );
}

export function CloseDate({ day, isOverdue }: { day: string; isOverdue: boolean }) {
  const { t } = useLingui();
  return (
    <span
      className={clsx(
        "inline-flex items-center gap-1",
        isOverdue ? "font-medium text-danger-text" : "text-text-muted",
      )}
    >
      <CalendarDays size={12} aria-hidden className="shrink-0" />
      <span className="sr-only">{isOverdue ? t`Overdue since` : t`Expected on`} </span>
      {formatDay(day)}
    </span>
  );
}

/** Says that a deal stands in its stage for too long, and for how long by now. */
export function StaleBadge({ deal: { stageSince } }: { deal: Pick<Deal, "stageSince"> }) {
  const { t } = useLingui();
  const seconds = (Date.now() - Date.parse(stageSince)) / 1000;
  return <Badge tone="amber">{t`Stale: ${formatDuration(seconds)}`}</Badge>;
}

import { Trans, useLingui } from "@lingui/react/macro";
import { RotateCw } from "lucide-react";
import { useMayRecord } from "@/api/me";
import { RelativeTime } from "@/components/relative-time";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Table } from "@/components/ui/table";
import { formatNumber } from "@/lib/format";
import { useRedeliver } from "./mutations";
import type { Delivery, Webhook } from "./queries";
import { DeliveryOutcome, failures } from "./webhook-state";

type Props = { webhook: Webhook; deliveries: readonly Delivery[] };

export function DeliveryTable({ webhook, deliveries }: Props) {
  const { t, i18n } = useLingui();
  return (
    <section
      aria-label={t`Deliveries`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto"
    >
      <Table
        label={t`Deliveries`}
        head={[
          t`Event`,
          t`Outcome`,
          t`Answer`,
          t`Tries`,
          t`Last try`,
          <span key="actions" className="sr-only">{t`Actions`}</span>,
        ]}
        texts={[1, 2, 4]}
        rows={deliveries.map((delivery) => {
          const { id, eventType, lastStatus, lastFailure, tries, lastTryAt, nextTryAt } = delivery;
          return {
            key: id,
            cells: [
              <code key="event" className="font-mono text-sm">
                {eventType}
              </code>,
              <DeliveryOutcome key="outcome" delivery={delivery} />,
              lastFailure ? i18n._(failures[lastFailure]) : (lastStatus ?? "–"),
              formatNumber(tries),
              <Times key="times" {...{ lastTryAt, nextTryAt }} />,
              <Redeliver key="again" webhook={webhook} delivery={delivery} />,
            ],
          };
        })}
      />
    </section>
  );
}

function Times({ lastTryAt, nextTryAt }: Pick<Delivery, "lastTryAt" | "nextTryAt">) {
  return (
    <span className="whitespace-nowrap">
      {lastTryAt ? <RelativeTime at={lastTryAt} /> : "–"}
      {nextTryAt && (
        <span className="block text-sm text-text-muted">
          <Trans>
            again <RelativeTime at={nextTryAt} />
          </Trans>
        </span>
      )}
    </span>
  );
}

function Redeliver({ webhook, delivery }: { webhook: Webhook; delivery: Delivery }) {
  const { t } = useLingui();
  const redeliver = useRedeliver(webhook.id);
  const mayUpdate = useMayRecord("notifications.webhook", "update", webhook.id);
  const reason =
    (!mayUpdate && t`You may not change this webhook`) ||
    (!webhook.isEnabled && t`It is switched off`) ||
    (delivery.state === "pending" && t`It is on its way already`);
  return (
    <GuardedButton
      size="small"
      aria-label={t`Deliver ${delivery.eventType} again`}
      pending={redeliver.isPending}
      disabledReason={reason}
      icon={<RotateCw size={14} aria-hidden />}
      onClick={() => redeliver.mutate(delivery)}
    >
      <Trans>Again</Trans>
    </GuardedButton>
  );
}

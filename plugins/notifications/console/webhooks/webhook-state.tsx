import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Badge, type Tone } from "@/components/ui/badge";
import type { Delivery, DeliveryState, Webhook } from "./queries";

const reasons: Record<NonNullable<Webhook["disabledReason"]>, MessageDescriptor> = {
  byUser: msg`Switched off`,
  failing: msg`Off: deliveries failed`,
  gone: msg`Off: the receiver is gone`,
};

/** Whether a webhook is told of anything, or why not. */
export function WebhookState({ webhook: { isEnabled, disabledReason } }: { webhook: Webhook }) {
  const { i18n } = useLingui();
  if (isEnabled) {
    return (
      <Badge tone="green">
        <Trans>On</Trans>
      </Badge>
    );
  }
  const isFault = disabledReason === "failing" || disabledReason === "gone";
  return <Badge tone={isFault ? "red" : "neutral"}>{i18n._(reasons[disabledReason ?? "byUser"])}</Badge>;
}

/** What became of a delivery, or becomes of it. */
export function DeliveryOutcome({ delivery: { state, tries } }: { delivery: Delivery }) {
  const { i18n } = useLingui();
  const { label, tone } = state === "pending" && tries > 0 ? tryAgain : deliveryStates[state];
  return <Badge tone={tone}>{i18n._(label)}</Badge>;
}

const tryAgain = { label: msg`Tried again later`, tone: "amber" } as const;

export const deliveryStates: Record<DeliveryState, { label: MessageDescriptor; tone: Tone }> = {
  pending: { label: msg`On its way`, tone: "blue" },
  delivered: { label: msg`Delivered`, tone: "green" },
  failed: { label: msg`Failed`, tone: "red" },
  withheld: { label: msg`Withheld`, tone: "amber" },
  cancelled: { label: msg`Cancelled`, tone: "neutral" },
};

export const failures: Record<NonNullable<Delivery["lastFailure"]>, MessageDescriptor> = {
  "no-address": msg`The host has no address that may be connected to`,
  "not-connected": msg`No connection`,
  tls: msg`The host does not prove who it is`,
  "too-slow": msg`Too slow`,
  "no-answer": msg`The answer is no HTTP`,
  "too-large": msg`The event is too large`,
};

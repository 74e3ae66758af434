import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useState } from "react";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { DeliveryTable } from "./delivery-table";
import { type DeliveryState, deliveriesQuery, type Webhook } from "./queries";
import { deliveryStates } from "./webhook-state";

const states = ["pending", "delivered", "failed", "withheld", "cancelled"] as const;

/** What a webhook was told, and what came of it. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t, i18n } = useLingui();
  const [state, setState] = useState<DeliveryState | "all">("all");
  const query = useInfiniteQuery(deliveriesQuery(webhook.id, state === "all" ? null : state));
  const deliveries = query.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <Card
      title={t`Deliveries`}
      actions={
        <div className="w-40">
          <Select<DeliveryState | "all">
            aria-label={t`Show only`}
            value={state}
            onValueChange={setState}
            options={[
              { value: "all", label: t`All` },
              ...states.map((value) => ({ value, label: i18n._(deliveryStates[value].label) })),
            ]}
          />
        </div>
      }
    >
      {query.isError && deliveries.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : query.isPending ? (
        <Skeleton className="h-32 w-full" />
      ) : deliveries.length === 0 ? (
        <EmptyState icon={Send} title={t`Nothing was delivered`}>
          <Trans>What was delivered within 30 days is shown here. Send a ping to try the webhook.</Trans>
        </EmptyState>
      ) : (
        <DeliveryTable webhook={webhook} deliveries={deliveries} />
      )}
      {query.hasNextPage && (
        <Button className="mt-3" pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          <Trans>Show older</Trans>
        </Button>
      )}
    </Card>
  );
}

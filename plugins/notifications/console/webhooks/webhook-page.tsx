import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "react-router";
import { ErrorState } from "@/components/error-state";
import { FieldList, FieldRow, FieldText } from "@/components/field-list";
import { PageHeader } from "@/components/page-header";
import { RelativeTime } from "@/components/relative-time";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { OwnerName } from "./columns";
import { Deliveries } from "./deliveries";
import { type Webhook, webhookQuery } from "./queries";
import { WebhookHeader } from "./webhook-header";

export function Component() {
  const { t } = useLingui();
  const { id = "" } = useParams();
  const { data: webhook, error, refetch } = useQuery(webhookQuery(id));
  if (!webhook) {
    return (
      <>
        <PageHeader title={t`Webhook`} />
        {error ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : (
          <Skeleton className="mx-4 h-64 w-auto sm:mx-6" />
        )}
      </>
    );
  }
  return (
    <>
      <WebhookHeader webhook={webhook} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 px-4 pb-6 sm:px-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 lg:order-last">
          <Details webhook={webhook} />
        </div>
        <Deliveries webhook={webhook} />
      </div>
      <Outlet />
    </>
  );
}

function Details({ webhook: { url, owner, eventTypes, createdAt, disabledAt } }: { webhook: Webhook }) {
  const { t } = useLingui();
  return (
    <Card title={t`Details`}>
      <FieldList>
        <FieldRow label={t`Address`}>
          <FieldText>
            <span className="min-w-0 break-all">{url}</span>
          </FieldText>
        </FieldRow>
        <FieldRow label={t`Owner`}>
          <FieldText>
            <OwnerName id={owner} />
          </FieldText>
        </FieldRow>
        <FieldRow label={t`Created`}>
          <FieldText>
            <RelativeTime at={createdAt} />
          </FieldText>
        </FieldRow>
        {disabledAt && (
          <FieldRow label={t`Off since`}>
            <FieldText>
              <RelativeTime at={disabledAt} />
            </FieldText>
          </FieldRow>
        )}
        <FieldRow label={t`Events`}>
          <ul className="flex flex-col gap-0.5 py-1.5">
            {eventTypes.map((name) => (
              <li key={name}>
                <code className="break-all font-mono text-sm">{name}</code>
              </li>
            ))}
          </ul>
        </FieldRow>
      </FieldList>
    </Card>
  );
}

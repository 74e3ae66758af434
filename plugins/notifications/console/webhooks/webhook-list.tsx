import { Trans, useLingui } from "@lingui/react/macro";
import { Plus, Webhook as WebhookIcon } from "lucide-react";
import { useMemo } from "react";
import { Link, Outlet } from "react-router";
import { useMay } from "@/api/me";
import { DataGrid } from "@/components/data-grid/data-grid";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { buttonClass } from "@/components/ui/button";
import { setParameter, useListState } from "@/lib/list-state";
import { hrefOfWebhook, nameOfWebhook, webhookColumns } from "./columns";
import { webhookPages, webhookSorts } from "./queries";

const noFilter = {};

/** Where programs outside are told of what happens. */
export function Component() {
  const { t } = useLingui();
  const { sort, change, selected } = useListState(noFilter, webhookSorts);
  const pageQuery = useMemo(() => webhookPages(sort), [sort]);
  return (
    <>
      <PageHeader title={t`Webhooks`} actions={<NewWebhookLink />} />
      <DataGrid
        label={t`Webhooks`}
        columns={webhookColumns}
        pageQuery={pageQuery}
        exactTotal={undefined}
        sorting={{
          sort,
          onSortChange: (next) => change((parameters) => setParameter(parameters, "sort", next)),
        }}
        nameOf={nameOfWebhook}
        hrefOf={hrefOfWebhook}
        markedId={selected}
        empty={
          <EmptyState icon={WebhookIcon} title={t`No webhooks yet`} actions={<NewWebhookLink />}>
            <Trans>A webhook tells a program of yours what happens here, as it happens.</Trans>
          </EmptyState>
        }
      />
      <Outlet />
    </>
  );
}

function NewWebhookLink() {
  if (!useMay("notifications.webhook:create")) return null;
  return (
    <Link to="/webhooks/new" className={buttonClass({ variant: "primary" })}>
      <Plus size={16} aria-hidden />
      <Trans>New webhook</Trans>
    </Link>
  );
}

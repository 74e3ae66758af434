import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { FileUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { RelativeTime } from "@/components/relative-time";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { IconButton } from "@/components/ui/icon-button";
import { Skeleton } from "@/components/ui/skeleton";
import { formatNumber } from "@/lib/format";
import type { Import } from "./import-fields";
import { useDeleteImport } from "./mutations";
import { importsQuery } from "./queries";
import { stateLabels, stateTones } from "./state";

/** One's imports, the newest first. */
export function Component() {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(importsQuery);
  const [removed, setRemoved] = useState<Import | null>(null);
  const remove = useDeleteImport();
  return (
    <>
      <PageHeader
        title={t`Imports`}
        actions={
          <Link to="/imports/new" className={buttonClass({ variant: "primary" })}>
            <Plus size={16} aria-hidden />
            <Trans>New import</Trans>
          </Link>
        }
      />
      {error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : !data ? (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-32 w-full" />
        </div>
      ) : data.length === 0 ? (
        <EmptyState icon={FileUp} title={t`No imports yet`}>
          <Trans>An import makes leads or customers of the rows of a CSV file.</Trans>
        </EmptyState>
      ) : (
        <ul className="border-t bg-surface">
          {data.map((item) => (
            <ImportItem key={item.id} item={item} onRemove={() => setRemoved(item)} />
          ))}
        </ul>
      )}
      <ConfirmDialog
        open={removed !== null}
        title={t`Delete the import?`}
        action={t`Delete`}
        danger
        pending={remove.isPending}
        onCancel={() => setRemoved(null)}
        onConfirm={() => removed && remove.mutate(removed.id, { onSettled: () => setRemoved(null) })}
      >
        <Trans>What it made stays, and can no longer be taken back at once.</Trans>
      </ConfirmDialog>
    </>
  );
}

function ImportItem({ item, onRemove }: { item: Import; onRemove: () => void }) {
  const { t, i18n } = useLingui();
  const { id, resource, state, rows, counts, createdAt } = item;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-2 sm:px-6">
      <Link to={`/imports/${id}`} className="font-medium hover:underline">
        {resource === "lead" ? (
          <Trans>{formatNumber(rows)} rows of leads</Trans>
        ) : (
          <Trans>{formatNumber(rows)} rows of customers</Trans>
        )}
      </Link>
      <Badge tone={stateTones[state]}>{i18n._(stateLabels[state])}</Badge>
      <span className="grow text-text-muted">
        <Trans>
          {formatNumber(counts.created)} created, {formatNumber(counts.failed)} wrong
        </Trans>
      </span>
      <span className="text-text-muted">
        <RelativeTime at={createdAt} />
      </span>
      <IconButton
        size="smallIcon"
        label={t`Delete the import of ${formatNumber(rows)} rows`}
        icon={<Trash2 size={14} aria-hidden />}
        onClick={onRemove}
      />
    </li>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Pencil, Plus, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { useMay } from "@/api/me";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Skeleton } from "@/components/ui/skeleton";
import { Table } from "@/components/ui/table";
import { formatNumber, formatPercent } from "@/lib/format";
import type { Pipeline } from "../deal";
import { pipelinesQuery } from "../queries";
import { StageBadge } from "../stage-badge";

const PipelineDialog = lazy(() => import("./pipeline-dialog"));
const DeleteDialog = lazy(() => import("./delete-dialog"));

type Opened = { kind: "new" } | { kind: "edit" | "delete"; pipeline: Pipeline };

/** The pipelines that deals go through, and their stages. */
export function Component() {
  const { t } = useLingui();
  const { data: pipelines, error, refetch } = useQuery(pipelinesQuery);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const mayManage = useMay("deals.pipeline:manage");
  const denied = !mayManage && t`You may not change pipelines`;
  return (
    <>
      <PageHeader
        title={t`Pipelines`}
        actions={
          <GuardedButton
            variant="primary"
            disabledReason={denied}
            icon={<Plus size={16} aria-hidden />}
            onClick={() => setOpened({ kind: "new" })}
          >
            <Trans>New pipeline</Trans>
          </GuardedButton>
        }
      >
        <Link to="/deals" className="inline-flex h-7 items-center gap-1 rounded-sm text-sm hover:text-text">
          <ArrowLeft size={14} aria-hidden className="rtl:rotate-180" />
          <Trans>Deals</Trans>
        </Link>
      </PageHeader>
      <div className="flex flex-col gap-4 px-4 pb-6 sm:px-6">
        {pipelines ? (
          pipelines.map((pipeline) => (
            <PipelineCard
              key={pipeline.id}
              pipeline={pipeline}
              denied={denied}
              isLast={pipelines.length === 1}
              onEdit={() => setOpened({ kind: "edit", pipeline })}
              onDelete={() => setOpened({ kind: "delete", pipeline })}
            />
          ))
        ) : error ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : (
          <Skeleton className="h-64 w-full" />
        )}
      </div>
      <Suspense>
        {opened?.kind === "new" && <PipelineDialog pipeline={null} onClose={close} />}
        {opened?.kind === "edit" && <PipelineDialog pipeline={opened.pipeline} onClose={close} />}
        {opened?.kind === "delete" && (
          <DeleteDialog
            pipeline={opened.pipeline}
            others={pipelines?.filter(({ id }) => id !== opened.pipeline.id) ?? []}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  );
}

type CardProps = {
  pipeline: Pipeline;
  denied: string | false;
  isLast: boolean;
  onEdit: () => void;
  onDelete: () => void;
};

function PipelineCard({ pipeline: { name, stages }, denied, isLast, onEdit, onDelete }: CardProps) {
  const { t } = useLingui();
  return (
    <Card
      title={name}
      actions={
        <span className="flex gap-1">
          <GuardedButton
            size="small"
            variant="ghost"
            aria-label={t`Change ${name}`}
            disabledReason={denied}
            icon={<Pencil size={14} aria-hidden />}
            onClick={onEdit}
          >
            <Trans>Change</Trans>
          </GuardedButton>
          <GuardedButton
            size="small"
            variant="ghost"
            aria-label={t`Delete ${name}`}
            disabledReason={denied || (isLast && t`The last pipeline stays. Make another one first.`)}
            icon={<Trash2 size={14} aria-hidden />}
            onClick={onDelete}
          >
            <Trans>Delete</Trans>
          </GuardedButton>
        </span>
      }
    >
      <Table
        label={t`Stages of ${name}`}
        head={[t`Stage`, t`Probability`, t`Stale after days`]}
        rows={stages.map((stage) => ({
          key: stage.id,
          cells: [
            <StageBadge key="stage" stage={stage} />,
            formatPercent(stage.probability / 100),
            stage.staleAfterDays === null ? "–" : formatNumber(stage.staleAfterDays),
          ],
        }))}
      />
    </Card>
  );
}

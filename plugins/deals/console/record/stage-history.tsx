import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { components } from "@/api/schema";
import { ErrorState } from "@/components/error-state";
import { RelativeTime } from "@/components/relative-time";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Table } from "@/components/ui/table";
import { formatDuration } from "@/lib/format";
import type { Deal } from "../deal";
import { historyQuery } from "../queries";
import { StageBadge } from "../stage-badge";

type StageChange = components["schemas"]["DealsStageChange"];

/** Through which stages a deal went, for how long it stood in each, and who took it on. */
export function StageHistory({ deal }: { deal: Deal }) {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(historyQuery(deal.id));
  return (
    <Card title={t`Stages so far`}>
      {data ? (
        <Table
          label={t`Stages so far`}
          head={[t`Stage`, t`For`, t`Moved on`]}
          texts={[1, 2]}
          rows={[
            {
              key: "current",
              cells: [
                <StageBadge key="stage" stage={data.current.stage} />,
                formatDuration(data.current.seconds),
                <span key="now" className="text-text-muted">
                  <Trans>Still there</Trans>
                </span>,
              ],
            },
            ...data.changes.map(stepRow).toReversed(),
          ]}
        />
      ) : error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <Skeleton className="h-24 w-full" />
      )}
    </Card>
  );
}

function stepRow({ from, seconds, at, actor }: StageChange, index: number) {
  return {
    key: String(index),
    cells: [
      <StageBadge key="stage" stage={from} />,
      formatDuration(seconds),
      <span key="at">
        <RelativeTime at={at} />
        {actor && <span className="text-text-muted"> · {actor.name}</span>}
      </span>,
    ],
  };
}

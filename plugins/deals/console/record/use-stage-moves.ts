import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { notifyError } from "@/components/problem";
import { notify } from "@/stores/toast";
import type { Deal, Stage } from "../deal";
import { historyQuery, pipelinesQuery } from "../queries";
import { useMoveDeal } from "../use-move-deal";

/** Where a deal can go from its page, and what becomes of it. `losing` is the stage that asks for a reason first. */
export function useStageMoves(deal: Deal) {
  const { t } = useLingui();
  const { data: pipelines = [] } = useQuery(pipelinesQuery);
  const { data: history } = useQuery(historyQuery(deal.id));
  const [losing, setLosing] = useState<Stage | null>(null);
  const move = useMoveDeal({
    onMoved: ({ name, stage }) => notify({ title: t`${name} is in ${stage.name}` }),
    onFailed: notifyError,
  });

  const stages = pipelines.find(({ id }) => id === deal.pipelineId)?.stages ?? [];
  const open = stages.filter(({ kind }) => kind === "open");
  // Until it tells of the last step too, it would lead to the stage before.
  const isUpToDate = history?.current.stage.id === deal.stage.id;
  const lastOpen = history?.changes.findLast(({ from }) => from.kind === "open")?.from.id;
  return {
    stages,
    /** The stage in which a closed deal was open last. */
    reopensTo: isUpToDate ? (open.find(({ id }) => id === lastOpen) ?? open[0]) : undefined,
    losing,
    moveTo: (stage: Stage) =>
      stage.kind === "lost" && deal.stage.kind !== "lost" ? setLosing(stage) : move.mutate({ deal, stage }),
    lose: (lostReason: string) => {
      setLosing(null);
      if (losing) move.mutate({ deal, stage: losing, lostReason });
    },
    cancel: () => setLosing(null),
  };
}

import { msg } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { FilterField } from "@/components/filters/filter-field";
import { kindLabels, stageKinds } from "./deal";
import { pipelinesQuery } from "./queries";

const fields: readonly FilterField[] = [
  {
    kind: "options",
    name: "kind",
    label: msg`State`,
    options: stageKinds.map((value) => ({ value, label: kindLabels[value] })),
  },
  { kind: "user", name: "owner", label: msg`Owner` },
  { kind: "record", name: "customerId", type: "customer", label: msg`Customer` },
  { kind: "days", from: "expectedCloseFrom", to: "expectedCloseTo", label: msg`Expected close` },
  { kind: "instants", from: "closedFrom", to: "closedTo", label: msg`Closed` },
  {
    kind: "options",
    name: "isStale",
    label: msg`Stale`,
    isSingle: true,
    options: [
      { value: "true", label: msg`Stale only` },
      { value: "false", label: msg`Not stale` },
    ],
  },
  {
    kind: "options",
    name: "isArchived",
    label: msg`Archived`,
    isSingle: true,
    options: [{ value: "true", label: msg`Archived only` }],
  },
];

/** By what deals can be narrowed: the stages are those of the pipeline that is shown, or of all. */
export function useDealFilters(pipelineId: string | undefined): readonly FilterField[] {
  const { data: pipelines } = useQuery(pipelinesQuery);
  return useMemo(() => {
    const shown = (pipelines ?? []).filter(({ id }) => !pipelineId || id === pipelineId);
    const options = shown.flatMap(({ name, stages }) =>
      stages.map((stage) => ({
        value: stage.id,
        label: shown.length > 1 ? `${name}: ${stage.name}` : stage.name,
      })),
    );
    return [{ kind: "options", name: "stageId", label: msg`Stage`, isSingle: true, options }, ...fields];
  }, [pipelines, pipelineId]);
}

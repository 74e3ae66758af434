import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import type { Pipeline } from "../deal";
import { dealKeys, pipelineKeys } from "../queries";
import { type PipelineInput, stagesOf } from "./pipeline-schema";

type Save = { pipeline: Pipeline | null; input: PipelineInput; moveTo: string | null };

/** Whether it was refused because deals are in what would be taken away. */
export const needsTarget = (error: unknown) =>
  hasCode(error, "refused") &&
  typeof error.body === "object" &&
  error.body !== null &&
  "reason" in error.body &&
  error.body.reason === "deals.in-use";

function useRefresh() {
  const queryClient = useQueryClient();
  return () => {
    queryClient.invalidateQueries({ queryKey: pipelineKeys });
    queryClient.invalidateQueries({ queryKey: dealKeys.all });
  };
}

/** Makes a pipeline, or changes the one that is given. */
export function useSavePipeline() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ pipeline, input, moveTo }: Save) => {
      const body = { name: input.name, stages: stagesOf(input) };
      return unwrap(
        pipeline
          ? client.PATCH("/api/deals/pipelines/{id}", {
              params: { path: { id: pipeline.id }, header: ifUnchanged(pipeline) },
              body: { ...body, ...(moveTo && { moveTo }) },
            })
          : client.POST("/api/deals/pipelines", { params: { header: once() }, body }),
      );
    },
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

export function useDeletePipeline() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ pipeline, moveTo }: { pipeline: Pipeline; moveTo: string | null }) =>
      unwrap(
        client.DELETE("/api/deals/pipelines/{id}", {
          params: {
            path: { id: pipeline.id },
            query: { ...(moveTo && { moveTo }) },
            header: ifUnchanged(pipeline),
          },
        }),
      ),
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

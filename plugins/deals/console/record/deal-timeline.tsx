import { useQuery } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { Timeline } from "@/components/timeline/timeline";
import type { Deal } from "../deal";
import { dealKeys, pipelinesQuery, stageIn } from "../queries";
import { useDealFieldLabels } from "./use-deal-field-labels";

/** What was done to a deal, as the log tells it: deals have no timeline of their own. */
export function DealTimeline({ deal: { id } }: { deal: Deal }) {
  const labels = useDealFieldLabels();
  const { data: pipelines = [] } = useQuery(pipelinesQuery);
  return (
    <Timeline
      recordId={id}
      queryKey={dealKeys.timeline(id)}
      fieldLabels={labels}
      nameOfValue={(field, value) => (field === "stageId" ? stageIn(pipelines, value)?.name : undefined)}
      load={(cursor, signal) =>
        unwrap(
          client.GET("/api/activities", {
            params: {
              query: { resource: "deals.deal", resourceId: id, limit: 30, ...(cursor && { cursor }) },
            },
            signal,
          }),
        )
      }
    />
  );
}

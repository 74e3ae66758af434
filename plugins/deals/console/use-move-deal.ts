import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import { boardCache } from "@/components/board/board-cache";
import type { Place } from "@/components/board/board-data";
import { type DealColumn, moveDeal } from "./board/board-query";
import type { Deal, StageReference } from "./deal";
import { showDeal, takeDeal } from "./mutations";
import { dealKeys } from "./queries";

export type DealMove = {
  deal: Deal;
  stage: StageReference;
  /** Next to which card; else on top. */
  beside?: Omit<Place, "columnId">;
  lostReason?: string;
};

type Told = { onMoved: (deal: Deal) => void; onFailed: (error: Error, deal: Deal) => void };

/**
 * Moves a deal: shown at once on all boards, sent by one request, put back when the server refuses it. Moves are sent
 * one after the other, each for the version that the one before it made.
 */
export function useMoveDeal({ onMoved, onFailed }: Told) {
  const queryClient = useQueryClient();
  const boards = boardCache<Deal, DealColumn>(queryClient, dealKeys.boards, moveDeal);
  const newest = (deal: Deal) => {
    const known = queryClient.getQueryData<Deal>(dealKeys.record(deal.id));
    return boards.newest(known && known.version > deal.version ? known : deal);
  };
  return useMutation({
    scope: { id: "deal moves" },
    mutationFn: ({ deal, stage, beside, lostReason }: DealMove) =>
      unwrap(
        client.POST("/api/deals/{id}/move", {
          params: { path: { id: deal.id }, header: ifUnchanged(newest(deal)) },
          body: { stageId: stage.id, ...beside, ...(lostReason && { lostReason }) },
        }),
      ),
    meta: { showsError: true },
    onMutate: async ({ deal, stage, beside, lostReason = null }) => {
      await queryClient.cancelQueries({ queryKey: dealKeys.all });
      const moved = stage.id === deal.stage.id ? deal : { ...deal, stage, staleAt: null, lostReason };
      showDeal(queryClient, moved);
      return boards.move(moved, { columnId: stage.id, ...beside });
    },
    onError: (error, { deal }, putBack) => {
      showDeal(queryClient, deal);
      putBack?.(deal);
      onFailed(error, deal);
      if (hasCode(error, "stale", "not-found", "archived", "validation-failed")) {
        queryClient.invalidateQueries({ queryKey: dealKeys.all });
      }
    },
    onSuccess: (deal, { beside }) => {
      takeDeal(queryClient, deal);
      boards.settle(deal, { columnId: deal.stage.id, ...beside });
      onMoved(deal);
    },
  });
}

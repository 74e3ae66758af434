import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import { boardCache } from "@/components/board/board-cache";
import { takeLead, type UpdateLead } from "../mutations";
import { leadKeys } from "../queries";
import type { Lead, LeadStatus } from "../status";
import type { LeadColumn } from "./board-query";

export type LeadMove = { lead: Lead; changes: UpdateLead & { status: LeadStatus } };

type Told = { onMoved: (lead: Lead) => void; onFailed: (error: Error, lead: Lead) => void };

/** Moves a lead to another status: shown at once, sent by one request, put back when the server refuses it. */
export function useMoveLead({ onMoved, onFailed }: Told) {
  const queryClient = useQueryClient();
  const boards = boardCache<Lead, LeadColumn>(queryClient, leadKeys.boards);
  return useMutation({
    // One after the other, each for the version that the one before it made.
    scope: { id: "lead moves" },
    mutationFn: ({ lead, changes }: LeadMove) =>
      unwrap(
        client.PATCH("/api/leads/{id}", {
          params: { path: { id: lead.id }, header: ifUnchanged(boards.newest(lead)) },
          body: changes,
        }),
      ),
    meta: { showsError: true },
    onMutate: async ({ lead, changes }) => {
      await queryClient.cancelQueries({ queryKey: leadKeys.all });
      return boards.move({ ...lead, status: changes.status }, { columnId: changes.status });
    },
    onError: (error, { lead }, putBack) => {
      putBack?.(lead);
      onFailed(error, lead);
      if (hasCode(error, "stale", "not-found", "archived", "lead-transition-not-allowed")) {
        queryClient.invalidateQueries({ queryKey: leadKeys.all });
      }
    },
    onSuccess: (lead) => {
      takeLead(queryClient, lead);
      onMoved(lead);
    },
  });
}

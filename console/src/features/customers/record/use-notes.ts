import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { customerKeys } from "../queries";

/** What a note changes: the customer, who has it, and the timeline, which tells of it. */
function useRefresh(customerId: string) {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: customerKeys.record(customerId) }),
      queryClient.invalidateQueries({ queryKey: customerKeys.timeline(customerId) }),
      queryClient.invalidateQueries({ queryKey: customerKeys.lists, refetchType: "none" }),
    ]);
}

export function useAddNote(customerId: string) {
  const refresh = useRefresh(customerId);
  return useMutation({
    mutationFn: (text: string) =>
      unwrap(
        client.POST("/api/customers/{id}/notes", {
          params: { path: { id: customerId }, header: once() },
          body: { text },
        }),
      ),
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

export function useRemoveNote(customerId: string) {
  const refresh = useRefresh(customerId);
  return useMutation({
    mutationFn: (noteId: string) =>
      unwrap(
        client.DELETE("/api/customers/{id}/notes/{noteId}", {
          params: { path: { id: customerId, noteId }, header: once() },
        }),
      ),
    onSuccess: refresh,
  });
}

import { useLingui } from "@lingui/react/macro";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { replaceRow } from "@/api/cached-rows";
import { client, ifUnchanged, once } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { boardCache } from "@/components/board/board-cache";
import { notifyError } from "@/components/problem";
import { notify } from "@/stores/toast";
import type { DealColumn } from "./board/board-query";
import type { Deal, UpdateDeal } from "./deal";
import { dealKeys } from "./queries";

type CreateDeal = components["schemas"]["DealsCreateDeal"];

/** Shows a deal as it is now wherever it is shown. */
export function showDeal(queryClient: QueryClient, deal: Deal): void {
  queryClient.setQueryData(dealKeys.record(deal.id), deal);
  replaceRow(queryClient, dealKeys.lists, deal);
  boardCache<Deal, DealColumn>(queryClient, dealKeys.boards).replace(deal);
}

/** Takes over a deal as the server now has it, without asking for it again. Lists are old: it may belong elsewhere in them. */
export function takeDeal(queryClient: QueryClient, deal: Deal): void {
  showDeal(queryClient, deal);
  queryClient.invalidateQueries({ queryKey: dealKeys.lists, refetchType: "none" });
  queryClient.invalidateQueries({ queryKey: dealKeys.boards, refetchType: "none" });
  queryClient.invalidateQueries({ queryKey: ["deals", "forecast"] });
  queryClient.invalidateQueries({ queryKey: dealKeys.figures });
  queryClient.invalidateQueries({ queryKey: dealKeys.history(deal.id) });
  queryClient.invalidateQueries({ queryKey: dealKeys.timeline(deal.id) });
  queryClient.invalidateQueries({ queryKey: ["customers", "timeline", deal.customer.id] });
}

export function useCreateDeal() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (deal: CreateDeal) =>
      unwrap(client.POST("/api/deals", { params: { header: once() }, body: deal })),
    meta: { showsError: true },
    onSuccess: ({ customer }) => {
      queryClient.invalidateQueries({ queryKey: dealKeys.all });
      queryClient.invalidateQueries({ queryKey: ["customers", "timeline", customer.id] });
    },
  });
}

/** What the deal will look like, should the server agree. Who it is about has a name, which only the server knows. */
function applied(deal: Deal, { name, amount, expectedCloseDate, probabilityOverride }: UpdateDeal): Deal {
  return {
    ...deal,
    ...(name && { name }),
    ...(amount !== undefined && { amount }),
    ...(expectedCloseDate !== undefined && { expectedCloseDate }),
    ...(probabilityOverride !== undefined && { probabilityOverride }),
  };
}

/** Shows the change at once, and takes it back when the server refuses it. */
export function useUpdateDeal() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ deal, changes }: { deal: Deal; changes: UpdateDeal }) =>
      unwrap(
        client.PATCH("/api/deals/{id}", {
          params: { path: { id: deal.id }, header: ifUnchanged(deal) },
          body: changes,
        }),
      ),
    meta: { showsError: true },
    onMutate: async ({ deal, changes }) => {
      await queryClient.cancelQueries({ queryKey: dealKeys.all });
      showDeal(queryClient, applied(deal, changes));
    },
    onError: (error, { deal }) => {
      showDeal(queryClient, deal);
      if (hasCode(error, "stale")) queryClient.invalidateQueries({ queryKey: dealKeys.all });
    },
    onSuccess: (deal) => takeDeal(queryClient, deal),
  });
}

export function useRestoreDeal() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/deals/{id}/restore", { params: { path: { id }, header: once() } })),
    onSuccess: (deal) => {
      takeDeal(queryClient, deal);
      queryClient.invalidateQueries({ queryKey: dealKeys.all });
    },
  });
}

/** Puts a deal away at once, and offers to bring it back. */
export function useArchiveDeal() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const restore = useRestoreDeal();
  return useMutation({
    mutationFn: (deal: Deal) =>
      unwrap(
        client.DELETE("/api/deals/{id}", { params: { path: { id: deal.id }, header: ifUnchanged(deal) } }),
      ),
    onSuccess: (_message, { id, name }) => {
      queryClient.invalidateQueries({ queryKey: dealKeys.all });
      notify({ title: t`${name} is archived`, undo: { label: t`Undo`, run: () => restore.mutate(id) } });
    },
    onError: notifyError,
    meta: { showsError: true },
  });
}

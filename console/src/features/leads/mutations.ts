import { useLingui } from "@lingui/react/macro";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { replaceRecord } from "@/api/cached-rows";
import { client, ifUnchanged, once } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { boardCache } from "@/components/board/board-cache";
import type { BoardColumn } from "@/components/board/board-data";
import { withCustom } from "@/components/custom-fields/with-custom";
import { notifyError } from "@/components/problem";
import { notify } from "@/stores/toast";
import { leadKeys } from "./queries";
import type { Lead } from "./status";

type CreateLead = components["schemas"]["CreateLead"];
export type UpdateLead = components["schemas"]["UpdateLead"];

/** Takes over a lead as the server now has it, without asking for it again. Lists are old: it may belong elsewhere in them. */
export function takeLead(queryClient: QueryClient, lead: Lead): void {
  replaceRecord(queryClient, leadKeys, lead);
  const boards = boardCache<Lead, BoardColumn<Lead>>(queryClient, leadKeys.boards);
  boards.replace(lead);
  boards.settle(lead, { columnId: lead.status });
  queryClient.invalidateQueries({ queryKey: leadKeys.lists, refetchType: "none" });
  queryClient.invalidateQueries({ queryKey: leadKeys.boards, refetchType: "none" });
  queryClient.invalidateQueries({ queryKey: ["leads", "timeline", lead.id] });
}

export function useCreateLead() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ lead, allowDuplicate }: { lead: CreateLead; allowDuplicate: boolean }) =>
      unwrap(
        client.POST("/api/leads", {
          params: { query: { ...(allowDuplicate && { allowDuplicate }) }, header: once() },
          body: lead,
        }),
      ),
    meta: { showsError: true },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: leadKeys.all }),
  });
}

/** What the lead will look like, should the server agree. */
function applied(lead: Lead, { name, status, tags, assignedAgent: _, custom, ...texts }: UpdateLead): Lead {
  return {
    ...lead,
    ...texts,
    ...(name && { name }),
    ...(status && { status }),
    ...(tags && { tags }),
    ...(custom && { custom: withCustom(lead.custom, custom) }),
  };
}

/** Shows the change at once, and takes it back when the server refuses it. */
export function useUpdateLead() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ lead, changes }: { lead: Lead; changes: UpdateLead }) =>
      unwrap(
        client.PATCH("/api/leads/{id}", {
          params: { path: { id: lead.id }, header: ifUnchanged(lead) },
          body: changes,
        }),
      ),
    meta: { showsError: true },
    onMutate: async ({ lead, changes }) => {
      await queryClient.cancelQueries({ queryKey: leadKeys.all });
      return replaceRecord(queryClient, leadKeys, applied(lead, changes));
    },
    onError: (_error, _variables, takeBack) => takeBack?.(),
    onSuccess: (lead) => takeLead(queryClient, lead),
  });
}

export function useAssignLead() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ lead, agent }: { lead: Lead; agent: string | null }) =>
      unwrap(
        client.POST("/api/leads/{id}/assign", {
          params: { path: { id: lead.id }, header: ifUnchanged(lead) },
          body: { assignedAgent: agent },
        }),
      ),
    onSuccess: (lead) => takeLead(queryClient, lead),
    onError: (error, { lead }) => {
      if (hasCode(error, "stale")) queryClient.invalidateQueries({ queryKey: leadKeys.record(lead.id) });
    },
  });
}

export function useRestoreLead() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/leads/{id}/restore", { params: { path: { id }, header: once() } })),
    onSuccess: (lead) => {
      takeLead(queryClient, lead);
      queryClient.invalidateQueries({ queryKey: leadKeys.lists });
    },
  });
}

/** Puts a lead away at once, and offers to bring it back. */
export function useArchiveLead() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const restore = useRestoreLead();
  return useMutation({
    mutationFn: (lead: Lead) =>
      unwrap(
        client.DELETE("/api/leads/{id}", { params: { path: { id: lead.id }, header: ifUnchanged(lead) } }),
      ),
    onSuccess: (_message, { id, name }) => {
      queryClient.invalidateQueries({ queryKey: leadKeys.all });
      notify({ title: t`${name} is archived`, undo: { label: t`Undo`, run: () => restore.mutate(id) } });
    },
    onError: notifyError,
    meta: { showsError: true },
  });
}

/** Undoes the newest merge into a lead. */
export function useUnmergeLead() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/leads/{id}/unmerge", { params: { path: { id }, header: once() } })),
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: leadKeys.all });
      queryClient.invalidateQueries({ queryKey: ["tasks"] });
      notify({ title: t`The merge is undone` });
    },
  });
}

import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { notify } from "@/stores/toast";
import { type AssignmentRule, rulesQuery } from "./queries";

type Schemas = components["schemas"];

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: rulesQuery.queryKey });
}

export function useCreateRule() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: Schemas["CreateAssignmentRule"]) =>
      unwrap(client.POST("/api/assignment-rules", { params: { header: once() }, body })),
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

const update = (rule: AssignmentRule, changes: Schemas["UpdateAssignmentRule"]) =>
  unwrap(
    client.PATCH("/api/assignment-rules/{id}", {
      params: { path: { id: rule.id }, header: ifUnchanged(rule) },
      body: changes,
    }),
  );

export function useUpdateRule() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ rule, changes }: { rule: AssignmentRule; changes: Schemas["UpdateAssignmentRule"] }) =>
      update(rule, changes),
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

/** Moves a rule, or turns it on or off, where it stands in the list. */
export function useAdjustRule() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({
      rule,
      ...changes
    }: { rule: AssignmentRule } & Pick<Schemas["UpdateAssignmentRule"], "position" | "isActive">) =>
      update(rule, changes),
    onSettled: refresh,
  });
}

export function useDeleteRule() {
  const { t } = useLingui();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (rule: AssignmentRule) =>
      unwrap(
        client.DELETE("/api/assignment-rules/{id}", {
          params: { path: { id: rule.id }, header: ifUnchanged(rule) },
        }),
      ),
    onSuccess: (_message, { name }) => {
      notify({ title: t`The rule ${name} is deleted` });
      return refresh();
    },
    onError: (error) => hasCode(error, "stale", "not-found") && refresh(),
  });
}

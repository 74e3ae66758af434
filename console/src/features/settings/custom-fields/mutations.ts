import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import type { CustomField, CustomFieldResource, CustomFieldType } from "@/api/custom-fields";
import { customFieldsKey } from "@/api/custom-fields";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { notify } from "@/stores/toast";

type Changes = components["schemas"]["UpdateCustomField"];

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: customFieldsKey });
}

type NewField = {
  resource: CustomFieldResource;
  key: string;
  type: CustomFieldType;
  label: string;
  content: Changes;
};

export function useCreateField() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ content, ...field }: NewField) =>
      unwrap(
        client.POST("/api/custom-fields", { params: { header: once() }, body: { ...content, ...field } }),
      ),
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

export function useUpdateField() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ field, changes }: { field: CustomField; changes: Changes }) =>
      unwrap(
        client.PATCH("/api/custom-fields/{id}", {
          params: { path: { id: field.id }, header: ifUnchanged(field) },
          body: changes,
        }),
      ),
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

/** Lets two fields change places. */
export function useSwapFields() {
  const refresh = useRefresh();
  const update = (field: CustomField, position: number) =>
    unwrap(
      client.PATCH("/api/custom-fields/{id}", {
        params: { path: { id: field.id }, header: ifUnchanged(field) },
        body: { position },
      }),
    );
  return useMutation({
    mutationFn: async ([one, other]: [CustomField, CustomField]) => {
      await update(one, other.position);
      await update(other, one.position);
    },
    onSettled: refresh,
  });
}

export function useRestoreField() {
  const { t } = useLingui();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/custom-fields/{id}/restore", { params: { path: { id }, header: once() } })),
    onSuccess: ({ label }) => {
      notify({ title: t`The field ${label} is back` });
      return refresh();
    },
  });
}

/** Puts a field away at once, and offers to bring it back. */
export function useArchiveField() {
  const { t } = useLingui();
  const refresh = useRefresh();
  const restore = useRestoreField();
  return useMutation({
    mutationFn: (field: CustomField) =>
      unwrap(
        client.DELETE("/api/custom-fields/{id}", {
          params: { path: { id: field.id }, header: ifUnchanged(field) },
        }),
      ),
    onSuccess: (_message, { id, label }) => {
      notify({
        title: t`The field ${label} is archived`,
        undo: { label: t`Undo`, run: () => restore.mutate(id) },
      });
    },
    onSettled: refresh,
  });
}

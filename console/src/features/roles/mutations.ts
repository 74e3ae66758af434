import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { meQuery } from "@/api/me";
import { type Role, rolesQuery } from "@/api/roles";
import type { components } from "@/api/schema";
import { notify } from "@/stores/toast";

type Schemas = components["schemas"];

/** What a role grants may be what others inherit, and what one may do oneself. */
function useRefresh() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: rolesQuery.queryKey }),
      queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
      queryClient.invalidateQueries({ queryKey: ["authz"] }),
    ]);
}

export function useCreateRole() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (role: Omit<Schemas["CreateRole"], "demandsSecondFactor">) =>
      unwrap(
        client.POST("/api/roles", {
          params: { header: once() },
          body: { ...role, demandsSecondFactor: false },
        }),
      ),
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

export function useUpdateRole() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ role, changes }: { role: Role; changes: Schemas["UpdateRole"] }) =>
      unwrap(
        client.PATCH("/api/roles/{id}", {
          params: { path: { id: role.id }, header: ifUnchanged(role) },
          body: changes,
        }),
      ),
    meta: { showsError: true },
    onSuccess: refresh,
  });
}

export function useDeleteRole() {
  const { t } = useLingui();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (role: Role) =>
      unwrap(
        client.DELETE("/api/roles/{id}", { params: { path: { id: role.id }, header: ifUnchanged(role) } }),
      ),
    onSuccess: (_message, { name }) => {
      notify({ title: t`The role ${name} is deleted` });
      return refresh();
    },
  });
}

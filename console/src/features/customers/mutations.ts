import { useLingui } from "@lingui/react/macro";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { replaceRecord } from "@/api/cached-rows";
import { client, ifUnchanged, once } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { withCustom } from "@/components/custom-fields/with-custom";
import { notifyError } from "@/components/problem";
import { notify } from "@/stores/toast";
import type { Customer, UpdateCustomer } from "./customer";
import { customerKeys } from "./queries";

type CreateCustomer = components["schemas"]["CreateCustomer"];

/** Takes over a customer as the server now has it, without asking for it again. Lists are old: it may belong elsewhere in them. */
function take(queryClient: QueryClient, customer: Customer): void {
  replaceRecord(queryClient, customerKeys, customer);
  queryClient.invalidateQueries({ queryKey: customerKeys.lists, refetchType: "none" });
  queryClient.invalidateQueries({ queryKey: customerKeys.timeline(customer.id) });
}

export function useCreateCustomer() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ customer, allowDuplicate }: { customer: CreateCustomer; allowDuplicate: boolean }) =>
      unwrap(
        client.POST("/api/customers", {
          params: { query: { ...(allowDuplicate && { allowDuplicate }) }, header: once() },
          body: customer,
        }),
      ),
    meta: { showsError: true },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: customerKeys.all }),
  });
}

/** What the customer will look like, should the server agree. */
function applied<C extends Customer>(
  customer: C,
  { name, tags, owner: _, custom, ...texts }: UpdateCustomer,
): C {
  return {
    ...customer,
    ...texts,
    ...(name && { name }),
    ...(tags && { tags }),
    ...(custom && { custom: withCustom(customer.custom, custom) }),
  };
}

/** Shows the change at once, and takes it back when the server refuses it. */
export function useUpdateCustomer() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ customer, changes }: { customer: Customer; changes: UpdateCustomer }) =>
      unwrap(
        client.PATCH("/api/customers/{id}", {
          params: { path: { id: customer.id }, header: ifUnchanged(customer) },
          body: changes,
        }),
      ),
    meta: { showsError: true },
    onMutate: async ({ customer, changes }) => {
      await queryClient.cancelQueries({ queryKey: customerKeys.all });
      return replaceRecord(queryClient, customerKeys, applied(customer, changes));
    },
    onError: (_error, _variables, takeBack) => takeBack?.(),
    onSuccess: (customer) => take(queryClient, customer),
  });
}

export function useAssignCustomer() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ customer, owner }: { customer: Customer; owner: string | null }) =>
      unwrap(
        client.POST("/api/customers/{id}/assign", {
          params: { path: { id: customer.id }, header: ifUnchanged(customer) },
          body: { owner },
        }),
      ),
    onSuccess: (customer) => take(queryClient, customer),
    onError: (error, { customer }) => {
      if (hasCode(error, "stale"))
        queryClient.invalidateQueries({ queryKey: customerKeys.record(customer.id) });
    },
  });
}

export function useRestoreCustomer() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/customers/{id}/restore", { params: { path: { id }, header: once() } })),
    onSuccess: (customer) => {
      take(queryClient, customer);
      queryClient.invalidateQueries({ queryKey: customerKeys.lists });
    },
  });
}

/** Puts a customer away at once, and offers to bring it back. */
export function useArchiveCustomer() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const restore = useRestoreCustomer();
  return useMutation({
    mutationFn: (customer: Customer) =>
      unwrap(
        client.DELETE("/api/customers/{id}", {
          params: { path: { id: customer.id }, header: ifUnchanged(customer) },
        }),
      ),
    onSuccess: (_message, { id, name }) => {
      queryClient.invalidateQueries({ queryKey: customerKeys.all });
      notify({ title: t`${name} is archived`, undo: { label: t`Undo`, run: () => restore.mutate(id) } });
    },
    onError: notifyError,
    meta: { showsError: true },
  });
}

/** Undoes the newest merge into a customer. */
export function useUnmergeCustomer() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/customers/{id}/unmerge", { params: { path: { id }, header: once() } })),
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: customerKeys.all });
      queryClient.invalidateQueries({ queryKey: ["tasks"] });
      notify({ title: t`The merge is undone` });
    },
  });
}

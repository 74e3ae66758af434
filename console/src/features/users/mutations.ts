import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { type User, userQuery, usersKey } from "@/api/users";
import { notifyError } from "@/components/problem";
import { notify } from "@/stores/toast";

type Schemas = components["schemas"];

/** Changes and tells of a user; all lists of users are old afterwards. */
function useChanged() {
  const queryClient = useQueryClient();
  return (user: User) => {
    queryClient.setQueryData(userQuery(user.id).queryKey, user);
    return queryClient.invalidateQueries({
      queryKey: usersKey,
      predicate: ({ queryKey }) => queryKey[1] !== "record",
    });
  };
}

type NewUser = {
  user: Schemas["CreateUser"];
  /** The first password, where it is not set by a link. Who is made with one has one role, which is called so. */
  password?: string;
  firstRole?: string;
};

export function useCreateUser() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ user, password, firstRole }: NewUser) =>
      password && firstRole
        ? createWithPassword(user, password, firstRole)
        : unwrap(client.POST("/api/users", { body: user })),
    meta: { showsError: true },
    onSuccess: ({ user }) => changed(user),
  });
}

async function createWithPassword(
  { name, emailId, roles, teams }: Schemas["CreateUser"],
  password: string,
  role: string,
): Promise<Schemas["UserCreated"]> {
  const { user } = await unwrap(
    client.POST("/api/auth/register", { body: { name, emailId, password, role } }),
  );
  if (roles.length === 1 && !teams?.length) return { user, link: null };
  try {
    return { user: await update(user, { roles, ...(teams && { teams }) }), link: null };
  } catch (error) {
    // They are there all the same, and what they lack can be given to them on their page.
    notifyError(error);
    return { user, link: null };
  }
}

function update(user: User, changes: Schemas["UpdateUser"]): Promise<User> {
  return unwrap(
    client.PATCH("/api/users/{id}", {
      params: { path: { id: user.id }, header: ifUnchanged(user) },
      body: changes,
    }),
  );
}

export function useUpdateUser() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ user, changes }: { user: User; changes: Schemas["UpdateUser"] }) => update(user, changes),
    meta: { showsError: true },
    onSuccess: (user) => changed(user),
  });
}

export function useDisableUser() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & Schemas["DisableUser"]) =>
      unwrap(client.POST("/api/users/{id}/disable", { params: { path: { id }, header: once() }, body })),
    meta: { showsError: true },
    onSuccess: ({ user }) => changed(user),
  });
}

export function useEnableUser() {
  const { t } = useLingui();
  const changed = useChanged();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/users/{id}/enable", { params: { path: { id }, header: once() } })),
    onSuccess: (user) => {
      notify({ title: t`${user.name} may sign in again` });
      return changed(user);
    },
  });
}

export function useMakePasswordLink() {
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/users/{id}/password-link", { params: { path: { id } } })),
  });
}

export function useEndSessions() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: User) =>
      unwrap(client.DELETE("/api/users/{id}/sessions", { params: { path: { id }, header: once() } })),
    onSuccess: (_message, { name }) => {
      notify({ title: t`All sessions of ${name} have ended` });
      return queryClient.invalidateQueries({ queryKey: [...usersKey, "sessions"] });
    },
  });
}

export function useRemoveTwoFactor() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: User) =>
      unwrap(client.DELETE("/api/users/{id}/two-factor", { params: { path: { id }, header: once() } })),
    onSuccess: (_message, { name }) => {
      notify({ title: t`${name} signs in without a second factor` });
      return queryClient.invalidateQueries({ queryKey: [...usersKey, "sessions"] });
    },
  });
}

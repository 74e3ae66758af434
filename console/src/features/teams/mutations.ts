import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { type Team, teamsQuery } from "@/api/teams";
import { type User, usersKey } from "@/api/users";
import { notify } from "@/stores/toast";

/** Makes a team, or gives one another name. */
export function useSaveTeam() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ team, name }: { team: Team | undefined; name: string }) =>
      unwrap(
        team
          ? client.PATCH("/api/teams/{id}", {
              params: { path: { id: team.id }, header: ifUnchanged(team) },
              body: { name },
            })
          : client.POST("/api/teams", { params: { header: once() }, body: { name } }),
      ),
    meta: { showsError: true },
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: teamsQuery.queryKey }),
        // Users show the names of their teams.
        queryClient.invalidateQueries({ queryKey: usersKey }),
      ]),
  });
}

export function useDeleteTeam() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (team: Team) =>
      unwrap(
        client.DELETE("/api/teams/{id}", { params: { path: { id: team.id }, header: ifUnchanged(team) } }),
      ),
    onSuccess: (_message, { name }) => {
      notify({ title: t`The team ${name} is deleted` });
      return queryClient.invalidateQueries({ queryKey: teamsQuery.queryKey });
    },
  });
}

/** Puts a user into teams, and out of all others. */
export function useSetTeams() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ user, teams }: { user: User; teams: string[] }) =>
      unwrap(
        client.PATCH("/api/users/{id}", {
          params: { path: { id: user.id }, header: ifUnchanged(user) },
          body: { teams },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: usersKey }),
  });
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { Link } from "react-router";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useMay, useMe } from "@/api/me";
import type { Team } from "@/api/teams";
import { type User, userQuery, usersKey } from "@/api/users";
import { ErrorState } from "@/components/error-state";
import { Person } from "@/components/person";
import { notifyError } from "@/components/problem";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { IconButton } from "@/components/ui/icon-button";
import { Skeleton } from "@/components/ui/skeleton";
import { UserPicker } from "@/components/user-picker";
import { formatNumber } from "@/lib/format";
import { useSetTeams } from "./mutations";

const teamIds = (user: User) => user.teams.map(({ id }) => id);

/** Who is in a team, and with which roles: a role says who looks after the records of the others. */
export function TeamMembers({ team }: { team: Team }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const me = useMe();
  const mayUsers = useMay("user:manage");
  const mayTeams = useMay("team:manage");
  const mayChange = mayUsers && mayTeams;
  const setTeams = useSetTeams();
  const members = useQuery({
    queryKey: [...usersKey, "team", team.id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/users", { params: { query: { team: team.id, limit: 100 } }, signal })),
  });

  const add = async (id: string) => {
    try {
      const user = await queryClient.fetchQuery({ ...userQuery(id), staleTime: 0 });
      if (!teamIds(user).includes(team.id)) setTeams.mutate({ user, teams: [...teamIds(user), team.id] });
    } catch (error) {
      notifyError(error);
    }
  };
  const remove = (user: User) =>
    setTeams.mutate({ user, teams: teamIds(user).filter((id) => id !== team.id) });

  return (
    <Card title={t`Members`}>
      {mayChange && (
        <div className="mb-3 max-w-sm">
          <UserPicker
            aria-label={t`Add a member`}
            placeholder={t`Add a member`}
            without={me.id}
            value={null}
            onValueChange={(user) => user && add(user.id)}
          />
        </div>
      )}
      {members.error ? (
        <ErrorState error={members.error} onRetry={() => members.refetch()} />
      ) : !members.data ? (
        <Skeleton className="h-24 w-full" />
      ) : members.data.users.length === 0 ? (
        <p className="text-text-muted">
          <Trans>Nobody is in this team yet.</Trans>
        </p>
      ) : (
        <ul className="divide-y">
          {members.data.users.map((user) => (
            <li key={user.id} className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 py-1">
              <Link to={`/users/${user.id}`} className="min-w-0 grow rounded-sm font-medium hover:underline">
                <Person user={user} />
              </Link>
              <span className="flex flex-wrap gap-1">
                {user.roles.map(({ id, name }) => (
                  <Badge key={id}>{name}</Badge>
                ))}
                {!user.isActive && (
                  <Badge tone="red">
                    <Trans>Disabled</Trans>
                  </Badge>
                )}
              </span>
              {mayChange && user.id !== me.id && (
                <IconButton
                  size="smallIcon"
                  label={t`Take ${user.name} out of the team`}
                  icon={<X size={14} aria-hidden />}
                  onClick={() => remove(user)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {members.data && members.data.totalUsers > members.data.users.length && (
        <Link to={`/users?team=${team.id}`} className="mt-2 inline-block text-accent-text underline">
          <Trans>All {formatNumber(members.data.totalUsers)}</Trans>
        </Link>
      )}
    </Card>
  );
}

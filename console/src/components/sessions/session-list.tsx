import { Trans, useLingui } from "@lingui/react/macro";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { notify } from "@/stores/toast";
import { RelativeTime } from "../relative-time";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { describeAgent } from "./describe-agent";

type Session = components["schemas"]["Session"];

/** Where somebody is signed in, each of which can be ended. `queryKey` is that of the query which gave them. */
export function SessionList({ sessions, queryKey }: { sessions: readonly Session[]; queryKey: QueryKey }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const end = useMutation({
    mutationFn: (id: string) =>
      unwrap(client.DELETE("/api/auth/sessions/{id}", { params: { path: { id }, header: once() } })),
    onSuccess: () => notify({ title: t`The session has ended` }),
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
  return (
    <ul className="-my-2 divide-y">
      {sessions.map((session) => (
        <li key={session.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
          <div className="min-w-0 grow">
            <p className="flex flex-wrap items-center gap-x-2">
              <Agent session={session} />
              {session.isCurrent && (
                <Badge tone="green">
                  <Trans>This one</Trans>
                </Badge>
              )}
            </p>
            <p className="text-sm text-text-muted">
              {session.address && `${session.address} · `}
              <Trans>
                active <RelativeTime at={session.refreshedAt} />
              </Trans>
              {" · "}
              <Trans>
                signed in <RelativeTime at={session.createdAt} />
              </Trans>
            </p>
          </div>
          {!session.isCurrent && (
            <Button
              size="small"
              pending={end.isPending && end.variables === session.id}
              onClick={() => end.mutate(session.id)}
            >
              <Trans>End</Trans>
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Agent({ session: { userAgent } }: { session: Session }) {
  if (!userAgent) return <Trans>An unknown program</Trans>;
  const { browser, system } = describeAgent(userAgent);
  return (
    <span className="min-w-0 truncate font-medium" title={userAgent}>
      {system ? (
        <Trans>
          {browser} on {system}
        </Trans>
      ) : (
        browser
      )}
    </span>
  );
}

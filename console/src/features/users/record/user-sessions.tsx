import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { User } from "@/api/users";
import { usersKey } from "@/api/users";
import { ErrorState } from "@/components/error-state";
import { SessionList } from "@/components/sessions/session-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { useEndSessions } from "../mutations";
import { userSessionsQuery } from "../queries";

/** Where the user is signed in. */
export function UserSessions({ user }: { user: User }) {
  const { t } = useLingui();
  const [isAsking, setAsking] = useState(false);
  const { data: sessions, error, refetch } = useQuery(userSessionsQuery(user.id));
  const end = useEndSessions();
  return (
    <Card
      title={t`Sessions`}
      actions={
        sessions &&
        sessions.length > 0 && (
          <Button size="small" onClick={() => setAsking(true)}>
            <Trans>End all…</Trans>
          </Button>
        )
      }
    >
      {error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : !sessions ? (
        <Skeleton className="h-16 w-full" />
      ) : sessions.length === 0 ? (
        <p className="text-text-muted">
          <Trans>Signed in nowhere.</Trans>
        </p>
      ) : (
        <SessionList sessions={sessions} queryKey={[...usersKey, "sessions", user.id]} />
      )}
      <ConfirmDialog
        open={isAsking}
        title={t`End all sessions of ${user.name}?`}
        action={t`End all`}
        danger
        pending={end.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() => end.mutate(user, { onSettled: () => setAsking(false) })}
      >
        <Trans>They are asked to sign in again, on every device.</Trans>
      </ConfirmDialog>
    </Card>
  );
}

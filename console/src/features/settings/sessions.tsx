import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { ErrorState } from "@/components/error-state";
import { SessionList } from "@/components/sessions/session-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { useAuth } from "@/stores/auth";
import { SettingsSection } from "./settings-section";

const queryKey = ["sessions"];

/** Where one is signed in. */
export default function Sessions() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: async ({ signal }) => (await unwrap(client.GET("/api/auth/sessions", { signal }))).sessions,
  });
  const endAll = useMutation({
    mutationFn: () => unwrap(client.POST("/api/auth/logout-all", { params: { header: once() } })),
    onSuccess: async () => {
      useAuth.getState().clearAuth();
      await navigate("/login");
      queryClient.clear();
    },
    onError: () => setAsking(false),
  });
  return (
    <SettingsSection
      title={t`Sessions`}
      description={t`Where you are signed in. End what you do not know, and change your password.`}
      actions={
        <Button onClick={() => setAsking(true)}>
          <Trans>Sign out everywhere…</Trans>
        </Button>
      }
    >
      <Card>
        {error ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : data ? (
          <SessionList sessions={data} queryKey={queryKey} />
        ) : (
          <Skeleton className="h-16 w-full" />
        )}
      </Card>
      <ConfirmDialog
        open={isAsking}
        title={t`Sign out everywhere?`}
        action={t`Sign out`}
        danger
        pending={endAll.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() => endAll.mutate()}
      >
        <Trans>All your sessions end, this one too. API keys go on working.</Trans>
      </ConfirmDialog>
    </SettingsSection>
  );
}

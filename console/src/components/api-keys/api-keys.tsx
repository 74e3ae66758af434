import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { formatDate } from "@/lib/format";
import { notify } from "@/stores/toast";
import { ErrorState } from "../error-state";
import { RelativeTime } from "../relative-time";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { ConfirmDialog } from "../ui/confirm-dialog";
import { Skeleton } from "../ui/skeleton";
import { apiKeysQuery } from "./queries";

const NewApiKey = lazy(() => import("./new-api-key"));

type ApiKey = components["schemas"]["ApiKey"];

type Props = {
  /** Whose; `null` for one's own. */
  owner: string | null;
  /** What its owner may do, of which a key may do a part. */
  held: readonly string[];
};

/** Keys by which programs act for somebody. */
export function ApiKeys({ owner, held }: Props) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const { data: keys, error, refetch } = useQuery(apiKeysQuery(owner));
  const refresh = () => queryClient.invalidateQueries({ queryKey: apiKeysQuery(owner).queryKey });
  const revoke = useMutation({
    mutationFn: ({ id }: ApiKey) =>
      unwrap(client.DELETE("/api/api-keys/{id}", { params: { path: { id }, header: once() } })),
    onSuccess: (_message, { name }) => notify({ title: t`The key ${name} is revoked` }),
    onSettled: () => {
      setRevoked(null);
      return refresh();
    },
  });
  return (
    <Card
      title={t`API keys`}
      actions={
        <Button size="small" onClick={() => setMaking(true)}>
          <Trans>New key</Trans>
        </Button>
      }
    >
      {error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : !keys ? (
        <Skeleton className="h-16 w-full" />
      ) : keys.length === 0 ? (
        <p className="text-text-muted">
          <Trans>No keys yet. With a key a program acts for you, as far as the key and you may.</Trans>
        </p>
      ) : (
        <ul className="-my-2 divide-y">
          {keys.map((key) => (
            <li key={key.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
              <div className="min-w-0 grow">
                <p className="break-words font-medium">{key.name}</p>
                <p className="text-sm text-text-muted">
                  <span title={key.scopes.join(", ")}>
                    <Plural value={key.scopes.length} one="# permission" other="# permissions" />
                  </span>
                  {" · "}
                  {key.lastUsedAt ? (
                    <Trans>
                      used <RelativeTime at={key.lastUsedAt} />
                    </Trans>
                  ) : (
                    <Trans>never used</Trans>
                  )}
                  {" · "}
                  <Trans>expires on {formatDate(key.expiresAt)}</Trans>
                </p>
              </div>
              <Button size="small" aria-label={t`Revoke ${key.name}`} onClick={() => setRevoked(key)}>
                <Trans>Revoke…</Trans>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Suspense>
        {isMaking && (
          <NewApiKey owner={owner} held={held} onClose={() => setMaking(false)} onMade={refresh} />
        )}
      </Suspense>
      <ConfirmDialog
        open={revoked !== null}
        title={t`Revoke the key ${revoked?.name ?? ""}?`}
        action={t`Revoke`}
        danger
        pending={revoke.isPending}
        onCancel={() => setRevoked(null)}
        onConfirm={() => revoked && revoke.mutate(revoked)}
      >
        <Trans>Programs that use it are refused at once.</Trans>
      </ConfirmDialog>
    </Card>
  );
}

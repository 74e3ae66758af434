import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useMay } from "@/api/me";
import { ErrorState } from "@/components/error-state";
import { RelativeTime } from "@/components/relative-time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Skeleton } from "@/components/ui/skeleton";
import { TabLink } from "@/components/ui/tab-link";
import { notify } from "@/stores/toast";
import { SettingsSection } from "./settings-section";

// Typed as what follows it, which inference cannot know.
const noCursor = (): string | undefined => undefined;

/** Work that is done later: what failed for good, and what waits. */
export default function Jobs() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const mayManage = useMay("job:manage");
  const [parameters] = useSearchParams();
  const state = parameters.get("state") === "ready" ? "ready" : "dead";
  const query = useInfiniteQuery({
    queryKey: ["jobs", state],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET("/api/jobs", {
          params: { query: { state, limit: 50, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: noCursor(),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    staleTime: 0,
  });
  const retry = useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/jobs/{id}/retry", { params: { path: { id }, header: once() } })),
    onSuccess: ({ name }) => notify({ title: t`${name} runs again` }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["jobs"] }),
  });
  const jobs = query.data?.pages.flatMap((page) => page.jobs) ?? [];
  return (
    <SettingsSection
      title={t`Jobs`}
      description={t`Work that the server does later, such as reminders and notices. What is done is gone from here.`}
    >
      <nav aria-label={t`Which jobs`} className="flex gap-4 border-b">
        <TabLink to="/settings/jobs" isCurrent={state === "dead"}>
          <Trans>Failed</Trans>
        </TabLink>
        <TabLink to="/settings/jobs?state=ready" isCurrent={state === "ready"}>
          <Trans>Waiting</Trans>
        </TabLink>
      </nav>
      <Card>
        {query.isError && jobs.length === 0 ? (
          <ErrorState error={query.error} onRetry={() => query.refetch()} />
        ) : query.isPending ? (
          <Skeleton className="h-24 w-full" />
        ) : jobs.length === 0 ? (
          <p className="text-text-muted">
            {state === "dead" ? <Trans>No job has failed.</Trans> : <Trans>No job is waiting.</Trans>}
          </p>
        ) : (
          <ul className="-my-2 divide-y">
            {jobs.map((job) => (
              <li key={job.id} className="flex flex-wrap items-start gap-x-3 gap-y-1 py-2">
                <div className="min-w-0 grow basis-60">
                  <p className="font-medium">
                    <code>{job.name}</code>
                  </p>
                  <p className="text-sm text-text-muted">
                    <Trans>
                      {job.attempts} of {job.maxAttempts} attempts
                    </Trans>
                    {" · "}
                    {job.diedAt ? (
                      <Trans>
                        failed <RelativeTime at={job.diedAt} />
                      </Trans>
                    ) : (
                      <Trans>
                        due <RelativeTime at={job.runAt} />
                      </Trans>
                    )}
                  </p>
                  {job.lastError && (
                    <p className="mt-1 whitespace-pre-line break-words text-danger-text text-sm">
                      {job.lastError}
                    </p>
                  )}
                </div>
                {state === "dead" && (
                  <GuardedButton
                    size="small"
                    aria-label={t`Retry ${job.name}`}
                    pending={retry.isPending && retry.variables === job.id}
                    disabledReason={!mayManage && t`You may not run jobs again`}
                    onClick={() => retry.mutate(job.id)}
                  >
                    <Trans>Retry</Trans>
                  </GuardedButton>
                )}
              </li>
            ))}
          </ul>
        )}
      </Card>
      {query.hasNextPage && (
        <div>
          <Button pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            <Trans>Show older</Trans>
          </Button>
        </div>
      )}
    </SettingsSection>
  );
}

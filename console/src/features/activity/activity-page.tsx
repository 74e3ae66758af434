import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useRef } from "react";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { Filters } from "@/components/filters/filters";
import { PageHeader } from "@/components/page-header";
import type { Activity } from "@/components/timeline/timeline";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { dayOf, formatLongDay } from "@/lib/format";
import { useListState } from "@/lib/list-state";
import { useWhenSeen } from "@/lib/use-when-seen";
import { activityFilterFields } from "./activity-filters";
import { ActivityRow } from "./activity-row";
import { activitiesQuery, activityFilter } from "./queries";

const sorts = ["-at"] as const;

/** The log of what was done, the newest first, day by day. */
export function Component() {
  const { t } = useLingui();
  const list = useListState(activityFilter, sorts);
  const query = useInfiniteQuery(activitiesQuery(list.filter));
  const activities = query.data?.pages.flatMap((page) => page.activities) ?? [];
  const days = byDay(activities);
  const end = useRef<HTMLDivElement>(null);
  // Goes on by itself when the end of the log comes into view.
  useWhenSeen(end, () => query.hasNextPage && !query.isFetching && query.fetchNextPage());

  return (
    <>
      <PageHeader title={t`Activity`} />
      <div className="flex flex-wrap items-center gap-2 border-b px-4 pb-2 sm:px-6">
        <Filters fields={activityFilterFields} parameters={list.parameters} onChange={list.change} />
      </div>
      {query.isError && activities.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : query.isPending ? (
        <Waiting />
      ) : activities.length === 0 ? (
        <NoActivity isFiltered={Object.keys(list.filter).length > 0} onClear={() => list.change(clear)} />
      ) : (
        <section
          aria-label={t`Activity`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="min-h-0 grow overflow-y-auto bg-surface"
        >
          {[...days].map(([day, entries]) => (
            <section key={day} aria-labelledby={`day-${day}`}>
              <h2
                id={`day-${day}`}
                className="sticky top-0 z-1 border-b bg-canvas px-4 py-1.5 font-medium text-sm text-text-muted sm:px-6"
              >
                {formatLongDay(day)}
              </h2>
              <ol>
                {entries.map((activity) => (
                  <ActivityRow key={activity.id} activity={activity} />
                ))}
              </ol>
            </section>
          ))}
          <div ref={end} className="flex justify-center p-4">
            {query.isFetchNextPageError ? (
              <ErrorState error={query.error} onRetry={() => query.fetchNextPage()} />
            ) : query.hasNextPage ? (
              <Button pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                <Trans>Show older</Trans>
              </Button>
            ) : (
              <p className="text-text-muted">
                <Trans>That is all.</Trans>
              </p>
            )}
          </div>
        </section>
      )}
    </>
  );
}

function byDay(activities: readonly Activity[]): Map<string, Activity[]> {
  const days = new Map<string, Activity[]>();
  for (const activity of activities) {
    const day = dayOf(activity.at);
    const others = days.get(day);
    if (others) others.push(activity);
    else days.set(day, [activity]);
  }
  return days;
}

function clear(parameters: URLSearchParams) {
  for (const name of Object.keys(activityFilter)) parameters.delete(name);
}

function NoActivity({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const { t } = useLingui();
  return (
    <EmptyState
      icon={History}
      title={isFiltered ? t`Nothing like this was done` : t`Nothing was done yet`}
      actions={
        isFiltered && (
          <Button onClick={onClear}>
            <Trans>Clear filters</Trans>
          </Button>
        )
      }
    />
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-4 px-4 py-4 sm:px-6">
      <Skeleton className="w-2/3" />
      <Skeleton className="w-1/2" />
      <Skeleton className="w-3/5" />
    </div>
  );
}

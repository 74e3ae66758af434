import { Trans, useLingui } from "@lingui/react/macro";
import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { components } from "@/api/schema";
import { ErrorState } from "../error-state";
import { Button } from "../ui/button";
import { Skeleton } from "../ui/skeleton";
import type { NameOfValue } from "./change-list";
import { TimelineEntry } from "./timeline-entry";

type ActivityList = components["schemas"]["ActivityList"];
export type Activity = components["schemas"]["Activity"];

type Props = {
  recordId: string;
  queryKey: QueryKey;
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<ActivityList>;
  /** What people call the fields of the record. */
  fieldLabels: Readonly<Record<string, string>>;
  nameOfValue?: NameOfValue;
  /** What can be done to a note. */
  noteActions?: (activity: Activity) => ReactNode;
};

/** What was done to a record, the newest first. */
export function Timeline({ recordId, queryKey, load, fieldLabels, nameOfValue, noteActions }: Props) {
  const { t } = useLingui();
  const [shown, setShown] = useState<string | null>(null);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: noCursor,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  if (query.isError) return <ErrorState error={query.error} onRetry={() => query.refetch()} />;
  if (query.isPending) return <Waiting />;

  const activities = query.data.pages.flatMap((page) => page.activities);
  if (activities.length === 0) return <p className="text-text-muted">{t`Nothing was done yet`}</p>;
  const kinds = [...new Set(activities.map(kindOf))];
  return (
    <div className="flex flex-col gap-3">
      {kinds.length > 1 && (
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="sr-only">
            <Trans>Show only</Trans>
          </legend>
          {[null, ...kinds].map((kind) => (
            <Button
              key={kind}
              size="small"
              aria-pressed={shown === kind}
              className="rounded-full aria-pressed:bg-selected"
              onClick={() => setShown(kind)}
            >
              {kind === null ? t`All` : kindLabel(kind)}
            </Button>
          ))}
        </fieldset>
      )}
      <ol className="flex flex-col">
        {activities
          .filter((activity) => shown === null || kindOf(activity) === shown)
          .map((activity) => (
            <TimelineEntry
              key={activity.id}
              activity={activity}
              recordId={recordId}
              fieldLabels={fieldLabels}
              nameOfValue={nameOfValue}
              actions={noteActions?.(activity)}
            />
          ))}
      </ol>
      {query.hasNextPage && (
        <Button
          className="self-start"
          pending={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          <Trans>Show older</Trans>
        </Button>
      )}
    </div>
  );

  function kindLabel(kind: string): string {
    switch (kind) {
      case "note":
        return t`Notes`;
      case "lead":
        return t`Lead`;
      case "customer":
        return t`Customer`;
      case "task":
        return t`Tasks`;
      case "deals.deal":
        return t`Deals`;
      default:
        return kind;
    }
  }
}

const kindOf = ({ action, resource }: Activity) => (action.includes(".note-") ? "note" : resource);

const noCursor: string | undefined = undefined;

function Waiting() {
  return (
    <div className="flex flex-col gap-4 py-1">
      <Skeleton className="w-2/3" />
      <Skeleton className="w-1/2" />
      <Skeleton className="w-3/5" />
    </div>
  );
}

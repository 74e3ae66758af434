import { infiniteQueryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { type FilterOf, text } from "@/lib/list-state";

/** What the log can be narrowed by: the parameters of `GET /api/activities`. */
export const activityFilter = { actor: text, resource: text, action: text, from: text, to: text };

export type ActivityFilter = FilterOf<typeof activityFilter>;

// Typed as what follows it, which inference cannot know.
const noCursor = (): string | undefined => undefined;

export const activitiesQuery = (filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: ["activities", filter],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET("/api/activities", {
          params: { query: { ...filter, limit: 50, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: noCursor(),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    // What was done since is asked for each time that the log is opened.
    staleTime: 0,
  });

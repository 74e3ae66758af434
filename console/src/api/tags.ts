import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";

/** Tags in use that begin so. */
export function useTags(resource: "lead" | "customer", prefix: string) {
  const { data, isPending } = useQuery({
    queryKey: ["tags", resource, prefix],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/tags", {
          params: { query: { resource, ...(prefix && { prefix }), limit: 20 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
  return { tags: data?.tags.map(({ tag }) => tag) ?? none, isPending };
}

const none: string[] = [];

import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";

/** The keys of somebody else, or one's own. */
export const apiKeysQuery = (owner: string | null) =>
  queryOptions({
    queryKey: ["api-keys", owner],
    queryFn: async ({ signal }) => {
      const query = owner ? { owner } : {};
      return (await unwrap(client.GET("/api/api-keys", { params: { query }, signal }))).apiKeys;
    },
  });

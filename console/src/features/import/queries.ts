import { queryOptions } from "@tanstack/react-query";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { Import } from "./import-fields";

export const importKeys = { all: ["imports"], record: (id: string) => ["imports", id] };

/** Whether the server is at work on it. */
export const isBusy = ({ state }: Import) =>
  state === "uploading" || state === "checking" || state === "running" || state === "reverting";

export const importsQuery = queryOptions({
  queryKey: [...importKeys.all, "list"],
  queryFn: async ({ signal }) => (await unwrap(client.GET("/api/imports", { signal }))).imports,
  staleTime: 0,
});

/** An import; asked anew each second for as long as the server works on it. */
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: importKeys.record(id),
    queryFn: ({ signal }) => unwrap(client.GET("/api/imports/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state: { data } }) => (data && isBusy(data) ? 1000 : false),
    staleTime: 0,
  });

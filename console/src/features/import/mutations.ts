import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { saveFile } from "@/lib/download";
import type { Import, ImportKind } from "./import-fields";
import { importKeys } from "./queries";

type Configuration = components["schemas"]["ConfigureImport"];
type Upload = { file: File; resource: ImportKind; hasHeader: boolean };

export const upload = ({ file, resource, hasHeader }: Upload) =>
  unwrap(
    client.POST("/api/imports", {
      params: { query: { resource, hasHeader }, header: once() },
      body: file,
      bodySerializer: () => file,
      headers: { "Content-Type": "text/csv" },
    }),
  );

/** Says what the columns hold, and has all rows gone through; nothing is written. */
export async function check(id: string, body: Configuration): Promise<Import> {
  const path = { id };
  await unwrap(client.PATCH("/api/imports/{id}", { params: { path, header: once() }, body }));
  return unwrap(client.POST("/api/imports/{id}/dry-run", { params: { path, header: once() } }));
}

export function useCheck(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (configuration: Configuration) => check(id, configuration),
    meta: { showsError: true },
    onSuccess: (checked) => queryClient.setQueryData(importKeys.record(id), checked),
  });
}

/** Begins what goes on in the background. */
export function useBegin(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (what: "run" | "revert") =>
      unwrap(client.POST(`/api/imports/{id}/${what}`, { params: { path: { id }, header: once() } })),
    onSuccess: (begun) => queryClient.setQueryData(importKeys.record(id), begun),
  });
}

export function useDeleteImport() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.DELETE("/api/imports/{id}", { params: { path: { id }, header: once() } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: importKeys.all }),
  });
}

/** Saves the rows that are wrong, with the reasons, as a file. */
export function useSaveErrors(id: string) {
  const { t } = useLingui();
  return useMutation({
    mutationFn: () =>
      unwrap(client.GET("/api/imports/{id}/errors", { params: { path: { id } }, parseAs: "blob" })),
    onSuccess: (content) => saveFile(content, `${t`errors`}.csv`),
  });
}

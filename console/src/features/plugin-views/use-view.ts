import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ApiDocument, documentQuery } from "@/api/document";
import { useMe } from "@/api/me";
import { type Call, findCall, type View } from "./operation";

export type Operations = {
  document: ApiDocument;
  list: Call | null;
  get: Call | null;
  create: Call | null;
  update: Call | null;
};

/** What a view calls, looked up in the API document. */
export function useOperations(view: View) {
  const { data: document, error, refetch } = useQuery(documentQuery);
  const operations = useMemo(
    (): Operations | null =>
      document
        ? {
            document,
            list: findCall(document, view.list),
            get: findCall(document, view.get),
            create: findCall(document, view.create),
            update: findCall(document, view.update),
          }
        : null,
    [document, view],
  );
  return { operations, error, refetch };
}

/** Whether somebody holds what an operation asks for, of at least some records. */
export function useMayCall(call: Call | null): boolean {
  const { permissions } = useMe();
  const needed = call?.operation["x-permissions"] ?? [];
  return call !== null && needed.every((name) => permissions.some(({ permission }) => permission === name));
}

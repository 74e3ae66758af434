import { useLingui } from "@lingui/react/macro";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/api/schema";
import { notifyBulkResult } from "./bulk-result";
import type { GridSelection } from "./data-grid/selection";

type BulkAction = components["schemas"]["BulkAction"];
type BulkResult = components["schemas"]["BulkResult"];

export type BulkRequest<Changes, Filter> = {
  action: BulkAction;
  changes?: Changes;
  ids?: string[];
  filter?: Filter;
  after?: string;
};

type Bulk<Changes, Filter> = {
  send: (request: BulkRequest<Changes, Filter>) => Promise<BulkResult>;
  /** All that may be old afterwards. */
  queryKey: QueryKey;
  selection: GridSelection;
  /** What the list is narrowed by. */
  filter: Filter;
};

/** Does something to the rows that are selected, and tells what became of each. What was archived can be brought back. */
export function useBulk<Changes, Filter>({ send, queryKey, selection, filter }: Bulk<Changes, Filter>) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey });

  /** Goes on until all were looked at: one request takes 10,000. */
  const sendAll = async (request: BulkRequest<Changes, Filter>) => {
    const results: BulkResult[] = [];
    let after: string | null = null;
    do {
      const result: BulkResult = await send({ ...request, ...(after && { after }) });
      results.push(result);
      after = result.next;
    } while (after);
    return results;
  };

  const restore = useMutation({
    mutationFn: async (ids: string[]) => {
      const results = await Promise.all(chunks(ids).map((some) => sendAll({ action: "restore", ids: some })));
      return results.flat();
    },
    onSuccess: (results) => notifyBulkResult(results),
    onSettled: refresh,
  });
  return useMutation({
    mutationFn: (act: { action: BulkAction; changes?: Changes }) =>
      sendAll(selection.isAll ? { ...act, filter } : { ...act, ids: [...selection.ids] }),
    onSuccess: (results, { action }) => {
      selection.clear();
      const done = results.flatMap(({ items }) => items).filter(({ status }) => status === "done");
      const undo = { label: t`Undo`, run: () => restore.mutate(done.map(({ id }) => id)) };
      notifyBulkResult(results, action === "archive" ? undo : undefined);
    },
    onSettled: refresh,
  });
}

/** One request takes 500 ids. */
function chunks(ids: string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / 500) }, (_, index) =>
    ids.slice(index * 500, (index + 1) * 500),
  );
}

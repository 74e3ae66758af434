import { queryOptions } from "@tanstack/react-query";
import type { ApiDocument } from "@/api/document";
import { type PageQuery, pageSize } from "@/components/data-grid/pages";
import { type AnyRecord, isRecord, send } from "./call";
import { type Call, listShape, takes, type View } from "./operation";

export type Row = AnyRecord & { id: string };

type Filter = Record<string, string | string[] | boolean | undefined>;

export const viewKeys = (view: View) => {
  const all = ["plugin", view.plugin, view.place];
  return { all, lists: [...all, "list"], record: (id: string) => [...all, "record", id] };
};

const hasId = (row: AnyRecord): row is Row => typeof row.id === "string";

/** The pages of a list. One that has no pages is a single one. */
export const viewPages =
  (document: ApiDocument, view: View, call: Call, filter: Filter, sort: string): PageQuery<Row> =>
  (page) => ({
    queryKey: [...viewKeys(view).lists, filter, sort, page],
    queryFn: async ({ signal }) => {
      const shape = listShape(document, call);
      const answer = await send(call, {
        query: {
          ...filter,
          ...(sort && { sort }),
          ...(takes(call, "page") && { page }),
          ...(takes(call, "limit") && { limit: pageSize }),
        },
        signal,
      });
      const found = shape && answer[shape.rows];
      const rows = Array.isArray(found) ? found.filter(isRecord).filter(hasId) : [];
      const total = shape?.total ? answer[shape.total] : null;
      return {
        rows,
        total: typeof total === "number" ? total : rows.length,
        isCapped: answer.totalIsCapped === true,
      };
    },
  });

export const recordQuery = (view: View, call: Call, id: string) =>
  queryOptions({
    queryKey: viewKeys(view).record(id),
    queryFn: ({ signal }) => send(call, { id, signal }),
  });

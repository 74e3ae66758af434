import type { QueryClient, QueryKey } from "@tanstack/react-query";

type Identified = { id: string };
type Rows<Row> = { rows: Row[] };

/** Puts a record as it now is into all lists that are in memory; returns how to take it back. */
export function replaceRow<Row extends Identified>(
  queryClient: QueryClient,
  lists: QueryKey,
  row: Row,
): () => void {
  const before = queryClient.getQueriesData<Rows<Row>>({ queryKey: lists });
  queryClient.setQueriesData<Rows<Row>>({ queryKey: lists }, (page) =>
    page?.rows.some(({ id }) => id === row.id)
      ? { ...page, rows: page.rows.map((other) => (other.id === row.id ? row : other)) }
      : page,
  );
  return () => {
    for (const [key, page] of before) queryClient.setQueryData(key, page);
  };
}

type Keys = { lists: QueryKey; record: (id: string) => QueryKey };

/** The same, also where the record is in memory by itself, which may hold more than rows of lists do. */
export function replaceRecord<Row extends Identified>(
  queryClient: QueryClient,
  keys: Keys,
  row: Row,
): () => void {
  const key = keys.record(row.id);
  const before = queryClient.getQueryData<Row>(key);
  if (before) queryClient.setQueryData(key, { ...before, ...row });
  const takeBackRows = replaceRow(queryClient, keys.lists, row);
  return () => {
    takeBackRows();
    if (before) queryClient.setQueryData(key, before);
  };
}

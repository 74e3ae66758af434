import { type QueryKey, type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { type PageQuery, useFirstPage } from "./pages";

/** What to ask for the number of all rows, counted to the end. */
export type TotalQuery = UseQueryOptions<number, Error, number, QueryKey>;

/** How many rows a list has. Where the server stops counting it is asked once more, to count to the end. */
export function useTotal<Row>(pageQuery: PageQuery<Row>, exactQuery: TotalQuery) {
  const first = useFirstPage(pageQuery);
  const isCapped = first.data?.isCapped ?? false;
  const exact = useQuery({ ...exactQuery, enabled: isCapped });
  return {
    total: isCapped ? (exact.data ?? first.data?.total) : first.data?.total,
    exact: isCapped ? exact.data : undefined,
    isCapped: isCapped && exact.data === undefined,
  };
}

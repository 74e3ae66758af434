import {
  keepPreviousData,
  type QueryKey,
  type UseQueryOptions,
  useQueries,
  useQuery,
} from "@tanstack/react-query";

type Page<Row> = { rows: Row[]; total: number; isCapped: boolean };

/** What to ask for one page of a list, from 1. */
export type PageQuery<Row> = (page: number) => UseQueryOptions<Page<Row>, Error, Page<Row>, QueryKey>;

export const pageSize = 100;
/** Numbered pages end there; lists must be narrowed to see more. */
export const reachableRows = 10_000;

/** The first page, which says how many rows there are. While another one is on its way the old one stays. */
export function useFirstPage<Row>(pageQuery: PageQuery<Row>) {
  return useQuery({ ...pageQuery(1), placeholderData: keepPreviousData });
}

/** The pages behind the first that hold the rows from `first` to `last`, without those in between. */
export function useFurtherPages<Row>(pageQuery: PageQuery<Row>, first: number, last: number) {
  const from = Math.max(2, Math.floor(first / pageSize) + 1);
  const to = Math.floor(last / pageSize) + 1;
  const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  const queries = useQueries({ queries: numbers.map(pageQuery) });
  return new Map(numbers.map((number, index) => [number, queries[index]]));
}

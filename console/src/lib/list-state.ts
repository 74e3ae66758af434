import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

/** Reads one parameter of a list from the URL. What makes no sense is as if it were not there. */
type Parameter<T> = (values: string[]) => T | undefined;

type Shape = Record<string, Parameter<unknown>>;

type Read<P> = P extends Parameter<infer T> ? T : never;

/** A name that ends in `.*` stands for all parameters that begin so: `"custom.*"` for `custom.tier`. */
export type FilterOf<S extends Shape> = {
  [K in keyof S as K extends `${string}.*` ? never : K]?: Read<S[K]>;
} & {
  [K in keyof S as K extends `${infer Prefix}.*` ? `${Prefix}.${string}` : never]: Read<S[K]>;
};

export const text: Parameter<string> = ([value]) => value || undefined;

/** Any number of values. */
export const texts: Parameter<string[]> = (values) => {
  const given = values.filter((value) => value !== "");
  return given.length > 0 ? given : undefined;
};

export const flag: Parameter<boolean> = ([value]) =>
  value === "true" ? true : value === "false" ? false : undefined;

export function oneOf<const T extends string>(options: readonly T[]): Parameter<T> {
  return ([value]) => options.find((option) => option === value);
}

export function manyOf<const T extends string>(options: readonly T[]): Parameter<T[]> {
  return (values) => {
    const known = options.filter((option) => values.includes(option));
    return known.length > 0 ? known : undefined;
  };
}

export function readFilter<S extends Shape>(shape: S, parameters: URLSearchParams): FilterOf<S>;
export function readFilter(shape: Shape, parameters: URLSearchParams): object {
  const filter = {};
  for (const key of Object.keys(shape)) {
    for (const name of namesLike(key, parameters)) {
      const value = shape[key]?.(parameters.getAll(name));
      if (value !== undefined) Object.assign(filter, { [name]: value });
    }
  }
  return filter;
}

/** Removes all that a list is narrowed by. */
export function clearFilter(shape: Shape, parameters: URLSearchParams): void {
  for (const key of Object.keys(shape))
    for (const name of namesLike(key, parameters)) parameters.delete(name);
}

function namesLike(key: string, parameters: URLSearchParams): string[] {
  if (!key.endsWith(".*")) return [key];
  return [...new Set(parameters.keys())].filter((name) => name.startsWith(key.slice(0, -1)));
}

/** An order by a custom field, of which the server knows whether there is one. */
export type CustomSort = `custom.${string}` | `-custom.${string}`;

const isCustomSort = (sort: string | null): sort is CustomSort => /^-?custom\.[a-z]\w*$/.test(sort ?? "");

/** The order of a list that has custom fields. */
export function readSort<const Sort extends string>(
  sorts: readonly [Sort, ...Sort[]],
  parameters: URLSearchParams,
): Sort | CustomSort {
  const sort = parameters.get("sort");
  return isCustomSort(sort) ? sort : (sorts.find((known) => known === sort) ?? sorts[0]);
}

export type ListState<Filter, Sort extends string> = {
  /** What the list is narrowed by, as the API takes it. */
  filter: Filter;
  sort: Sort;
  /** The columns to show, in order; `null` for the list's own. */
  columns: string[] | null;
  /** The saved view that the list began with. */
  view: string | null;
  /** The record that was opened from here last. */
  selected: string | null;
  /** All of this as the URL has it. */
  parameters: URLSearchParams;
  /** Changes the URL in place. */
  change: (edit: (parameters: URLSearchParams) => void) => void;
};

/**
 * What a list shows, kept in the URL and nowhere else: reload, share and Back bring it back. `shape` and `sorts` must
 * be constants of a module; the first sort is the list's own.
 */
export function useListState<S extends Shape, const Sort extends string>(
  shape: S,
  sorts: readonly [Sort, ...Sort[]],
): ListState<FilterOf<S>, Sort> {
  const [parameters, setParameters] = useSearchParams();
  const filter = useMemo(() => readFilter(shape, parameters), [shape, parameters]);
  const columns = useMemo(() => parameters.get("columns")?.split(",") ?? null, [parameters]);
  const change = useCallback(
    (edit: (parameters: URLSearchParams) => void) =>
      setParameters(
        (current) => {
          const next = new URLSearchParams(current);
          next.delete("selected");
          edit(next);
          return next;
        },
        { replace: true },
      ),
    [setParameters],
  );
  return {
    filter,
    sort: sorts.find((known) => known === parameters.get("sort")) ?? sorts[0],
    columns,
    view: parameters.get("view"),
    selected: parameters.get("selected"),
    parameters,
    change,
  };
}

/** As `useListState`, for a list whose records have custom fields: it may be ordered by them too. */
export function useCustomListState<S extends Shape, const Sort extends string>(
  shape: S,
  sorts: readonly [Sort, ...Sort[]],
): ListState<FilterOf<S>, Sort | CustomSort> {
  const list = useListState(shape, sorts);
  return { ...list, sort: readSort(sorts, list.parameters) };
}

/** Puts a value where there is one, and removes the parameter where there is none. */
export function setParameter(
  parameters: URLSearchParams,
  name: string,
  value: string | string[] | null,
): void {
  parameters.delete(name);
  for (const part of [value ?? []].flat()) if (part !== "") parameters.append(name, part);
}

/**
 * Notes in the URL of the list which record is being left for, so that Back marks it. The history is changed beneath
 * the router, which reads the URL anew when somebody comes back: a navigation of its own would interrupt the one to the record.
 */
export function rememberSelected(id: string): void {
  const url = new URL(window.location.href);
  url.searchParams.set("selected", id);
  window.history.replaceState(window.history.state, "", url);
}

const rowKey = (historyKey: string) => `crm.row.${historyKey}`;

/** The row at the top of a list when this entry of the history was left. */
export function rememberedRow(historyKey: string): number {
  return Number(sessionStorage.getItem(rowKey(historyKey)) ?? 0);
}

export function rememberRow(historyKey: string, row: number): void {
  sessionStorage.setItem(rowKey(historyKey), String(row));
}

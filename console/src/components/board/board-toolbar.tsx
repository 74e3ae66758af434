import type { ReactNode } from "react";
import type { ListState } from "@/lib/list-state";
import { SearchBox } from "../data-grid/search-box";
import type { FilterField } from "../filters/filter-field";
import { Filters } from "../filters/filters";

type Props = {
  list: ListState<unknown, string>;
  fields: readonly FilterField[];
  children?: ReactNode;
};

/** Search and filters of a board: those of the list of the same records. */
export function BoardToolbar({ list, fields, children }: Props) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-2 sm:px-6">
      <SearchBox list={list} />
      <Filters fields={fields} parameters={list.parameters} onChange={list.change} />
      {children}
    </div>
  );
}

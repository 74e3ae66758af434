import { useLingui } from "@lingui/react/macro";
import { ArrowDown, ArrowUp } from "lucide-react";
import { labelText } from "@/lib/label";
import type { Column } from "./column";

export type Sorting<Sort extends string = string> = { sort: Sort; onSortChange: (sort: string) => void };

type Props<Row> = {
  columns: readonly Column<Row>[];
  sorting: Sorting;
  selectAll: { isChecked: boolean; isIndeterminate: boolean; onChange: () => void } | undefined;
};

/** Turns an order around: `name` and `-name`. */
function nextSort(current: string, by: string): string {
  return current === by ? `-${by}` : by;
}

export function GridHeader<Row>({ columns, sorting, selectAll }: Props<Row>) {
  const { t, i18n } = useLingui();
  return (
    // biome-ignore-start lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: a real table cannot be windowed
    <div role="row" aria-rowindex={1} className="data-grid-header">
      {selectAll && (
        <div role="columnheader" className="data-grid-select">
          <label className="grid size-6 place-items-center">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={selectAll.isChecked}
              ref={(box) => {
                if (box) box.indeterminate = selectAll.isIndeterminate;
              }}
              onChange={selectAll.onChange}
              aria-label={t`Select the rows that are loaded`}
            />
          </label>
        </div>
      )}
      {columns.map(({ id, header, sort, align }) => {
        const direction =
          sort === undefined
            ? undefined
            : sorting.sort === sort
              ? "ascending"
              : sorting.sort === `-${sort}`
                ? "descending"
                : "none";
        return (
          <div
            key={id}
            role="columnheader"
            aria-sort={direction}
            className={align === "end" ? "data-grid-cell justify-end" : "data-grid-cell"}
          >
            {sort === undefined ? (
              <span className="truncate">{labelText(i18n, header)}</span>
            ) : (
              <button
                type="button"
                className="inline-flex h-6 min-w-0 items-center gap-1 rounded-sm hover:text-text"
                onClick={() => sorting.onSortChange(nextSort(sorting.sort, sort))}
              >
                <span className="truncate">{labelText(i18n, header)}</span>
                {direction === "ascending" && <ArrowUp size={14} aria-hidden />}
                {direction === "descending" && <ArrowDown size={14} aria-hidden />}
              </button>
            )}
          </div>
        );
      })}
    </div>
    // biome-ignore-end lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see above
  );
}

import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { Link } from "react-router";
import { rememberSelected } from "@/lib/list-state";
import { Skeleton } from "../ui/skeleton";
import type { Column } from "./column";
import type { Origin } from "./use-neighbours";

export type Identified = { id: string };

type Props<Row extends Identified> = {
  row: Row | undefined;
  index: number;
  columns: readonly Column<Row>[];
  isSelected: boolean;
  /** Whether one has just come back from it. */
  isMarked: boolean;
  nameOf: (row: Row) => string;
  hrefOf: (row: Row) => string;
  /** The search part of the list's address. */
  list: string;
  onToggle: ((id: string) => void) | undefined;
  /** Whether cells whose columns say how are edited where they stand. */
  isEditable: boolean;
};

export function GridRow<Row extends Identified>({
  row,
  index,
  columns,
  isSelected,
  isMarked,
  nameOf,
  hrefOf,
  list,
  onToggle,
  isEditable,
}: Props<Row>) {
  const { t } = useLingui();
  const [title, ...others] = columns;
  if (!row || !title) return <SkeletonRow columns={columns.length} isSelectable={onToggle !== undefined} />;
  const name = nameOf(row);
  return (
    // biome-ignore-start lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: a real table cannot be windowed; focus goes to the link in the row
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={onToggle && isSelected}
      data-index={index}
      className={clsx("data-grid-row", isMarked && "bg-hover", isSelected && "bg-selected")}
    >
      {onToggle && (
        <div role="cell" className="data-grid-select">
          <label className="grid size-6 place-items-center">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={isSelected}
              onChange={() => onToggle(row.id)}
              aria-label={t`Select ${name}`}
            />
          </label>
        </div>
      )}
      <div role="cell" className="data-grid-title">
        {title.before && <div className="relative z-1 me-1 flex">{title.before(row)}</div>}
        <Link
          to={hrefOf(row)}
          state={{ index, list } satisfies Origin}
          onClick={() => rememberSelected(row.id)}
          className="truncate font-medium after:absolute after:inset-0"
        >
          {title.cell(row)}
        </Link>
      </div>
      {others.map((column) => (
        <div
          key={column.id}
          role="cell"
          {...(isEditable && column.edit && { "data-column": column.id, tabIndex: -1 })}
          className={clsx(
            "data-grid-cell",
            column.align === "end" && "justify-end",
            column.hiddenInCard && "max-sm:hidden",
          )}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
    // biome-ignore-end lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see above
  );
}

function SkeletonRow({ columns, isSelectable }: { columns: number; isSelectable: boolean }) {
  return (
    <div aria-hidden className="data-grid-row">
      {isSelectable && <div className="data-grid-select" />}
      <div className="data-grid-title">
        <Skeleton className="w-32" />
      </div>
      {Array.from({ length: columns - 1 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have nothing else
        <div key={index} className="data-grid-cell max-sm:hidden">
          <Skeleton className="w-20" />
        </div>
      ))}
    </div>
  );
}

import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import {
  type ComponentType,
  type CSSProperties,
  memo,
  type ReactNode,
  Suspense,
  useEffect,
  useRef,
  useState,
} from "react";
import { useLocation } from "react-router";
import { rememberedRow, rememberRow } from "@/lib/list-state";
import { useIsNarrow } from "@/lib/use-media-query";
import { useRowWindow } from "@/lib/use-row-window";
import { usePreferences } from "@/stores/preferences";
import { ErrorState } from "../error-state";
import { Pagination } from "../pagination";
import { type Column, type GridEditing, gridTemplate, gridWidth } from "./column";
import { GridHeader, type Sorting } from "./grid-header";
import { GridRow, type Identified } from "./grid-row";
import { type PageQuery, pageSize, reachableRows, useFirstPage, useFurtherPages } from "./pages";
import type { GridSelection } from "./selection";
import { headerHeight, useGridKeys } from "./use-grid-keys";

type Props<Row extends Identified> = {
  /** Names the list. */
  label: string;
  /** The first one names the row, and leads to it. */
  columns: readonly Column<Row>[];
  pageQuery: PageQuery<Row>;
  /** How many there are, where the first page only says that there are more than were counted. */
  exactTotal: number | undefined;
  sorting: Sorting;
  /** These two are functions of a module, so that rows which stay are not drawn anew. */
  nameOf: (row: Row) => string;
  hrefOf: (row: Row) => string;
  selection?: GridSelection;
  /** Edits cells where they stand; absent, where that may not be. */
  Editor?: ComponentType<GridEditing<Row>> | undefined;
  /** The row that one has just come back from. */
  markedId: string | null;
  /** Stands where the rows would be, when there are none. */
  empty: ReactNode;
};

const heights = { comfortable: 40, compact: 32, card: 65 };
/** How many rows stand for a list that is still unknown. */
const placeholders = 12;

/** A list of any length: rows that are not on the screen are neither drawn nor loaded. */
export function DataGrid<Row extends Identified>(props: Props<Row>) {
  const { label, columns, pageQuery, exactTotal, sorting, nameOf, hrefOf, selection, markedId, empty } =
    props;
  const { Editor } = props;
  const { t } = useLingui();
  const search = useLocation().search;
  // Scrolling must not draw rows anew that stay: all that a row is given is stable.
  const [MemoRow] = useState(() => memo(GridRow<Row>));
  const scroller = useRef<HTMLDivElement>(null);
  const clicked = useRef<EventTarget>(null);
  const density = usePreferences((state) => state.density);
  const isNarrow = useIsNarrow();
  const isEditable = Editor !== undefined && !isNarrow;
  const rowHeight = isNarrow ? heights.card : heights[density];

  const start = useFirstPage(pageQuery);
  const total = (start.data?.isCapped ? exactTotal : undefined) ?? start.data?.total ?? 0;
  const reachable = Math.min(total, reachableRows);
  const count = start.isPending ? placeholders : reachable;
  const rows = useRowWindow({ scroller, count, rowHeight, headerHeight: isNarrow ? 0 : headerHeight });
  const further = useFurtherPages(pageQuery, rows.from, rows.to);
  const pageAt = (index: number) => {
    const number = Math.floor(index / pageSize) + 1;
    return number === 1 ? start : further.get(number);
  };
  const rowAt = (index: number) => pageAt(index)?.data?.rows[index % pageSize];
  const failed = [...further.values()].find((page) => page?.isError);

  useRememberedRow(rows.first, start.isSuccess, rows.scrollToRow);
  useGridKeys({
    scroller,
    count: reachable,
    start: Math.max(rows.first, start.data?.rows.findIndex(({ id }) => id === markedId) ?? 0),
    reveal: rows.reveal,
    toggle:
      selection &&
      ((index) => {
        const row = rowAt(index);
        if (row) selection.toggle(row.id);
      }),
  });

  if (start.isError && !start.data) return <ErrorState error={start.error} onRetry={() => start.refetch()} />;
  if (start.isSuccess && total === 0) return empty;

  const loaded = [start, ...further.values()].flatMap((page) => page?.data?.rows ?? []);
  const isSelected = (row: Row | undefined) =>
    selection !== undefined && row !== undefined && (selection.isAll || selection.ids.has(row.id));
  const sizes: CSSProperties & { [name: `--${string}`]: string } = {
    "--grid-template": gridTemplate(columns, selection !== undefined),
    "--row-height": `${rowHeight}px`,
  };

  return (
    <>
      <section
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        onDoubleClick={({ target }) => {
          clicked.current = target;
        }}
        className="relative min-h-0 grow overflow-auto border-t bg-surface [overflow-anchor:none]"
      >
        {/* biome-ignore lint/a11y/useSemanticElements: a real table cannot be windowed */}
        <div
          role="table"
          aria-label={label}
          aria-rowcount={start.isPending ? -1 : total + 1}
          aria-busy={start.isPlaceholderData || start.isPending}
          className={clsx("sm:min-w-(--grid-width)", start.isPlaceholderData && "opacity-60")}
          style={{ ...sizes, ...(!isNarrow && { minWidth: gridWidth(columns, selection !== undefined) }) }}
        >
          <GridHeader
            columns={columns}
            sorting={sorting}
            selectAll={
              selection && {
                isChecked: selection.isAll || (loaded.length > 0 && loaded.every(isSelected)),
                isIndeterminate: !selection.isAll && selection.ids.size > 0 && !loaded.every(isSelected),
                onChange: () =>
                  selection.isAll || loaded.every(isSelected)
                    ? selection.clear()
                    : selection.select(loaded.map(({ id }) => id)),
              }
            }
          />
          {/* biome-ignore lint/a11y/useSemanticElements: as above */}
          <div role="rowgroup" style={{ height: rows.height }}>
            <div style={{ transform: `translateY(${rows.from * rowHeight}px)` }}>
              {Array.from({ length: count === 0 ? 0 : rows.to - rows.from + 1 }, (_, offset) => {
                const index = rows.from + offset;
                const row = rowAt(index);
                return (
                  <MemoRow
                    key={row?.id ?? index}
                    row={row}
                    index={index}
                    columns={columns}
                    isSelected={isSelected(row)}
                    isMarked={row !== undefined && row.id === markedId}
                    nameOf={nameOf}
                    hrefOf={hrefOf}
                    list={search}
                    onToggle={selection?.toggle}
                    isEditable={isEditable}
                  />
                );
              })}
            </div>
          </div>
        </div>
        {Editor && isEditable && (
          <Suspense>
            <Editor
              {...{ scroller, columns, rowAt, nameOf, count: reachable, reveal: rows.reveal, clicked }}
            />
          </Suspense>
        )}
        {failed && <ErrorState error={failed.error} onRetry={() => failed.refetch()} />}
      </section>
      <Pagination
        first={total === 0 ? 0 : rows.first + 1}
        last={Math.min(total, rows.last + 1)}
        total={total}
        isCapped={Boolean(start.data?.isCapped) && exactTotal === undefined}
        reachable={reachable}
        isPending={start.isPending}
        onJump={rows.scrollToRow}
      />
      <p role="status" className="sr-only">
        {start.isPlaceholderData ? t`Loading…` : ""}
      </p>
    </>
  );
}

/** Brings Back and reload to the row where this entry of the history was left. */
function useRememberedRow(row: number, isReady: boolean, scrollTo: (row: number) => void) {
  const { key } = useLocation();
  const latest = useRef(row);
  const restored = useRef(false);
  useEffect(() => {
    if (restored.current) latest.current = row;
  }, [row]);
  useEffect(() => {
    if (!isReady || restored.current) return;
    restored.current = true;
    scrollTo(rememberedRow(key));
  });
  useEffect(() => {
    const remember = () => rememberRow(key, latest.current);
    window.addEventListener("pagehide", remember);
    return () => {
      window.removeEventListener("pagehide", remember);
      remember();
    };
  }, [key]);
}

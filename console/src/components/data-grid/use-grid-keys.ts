import { msg } from "@lingui/core/macro";
import { type RefObject, useRef } from "react";
import { useHotkey } from "@/lib/hotkeys";

type Grid = {
  scroller: RefObject<HTMLDivElement | null>;
  count: number;
  /** Where the keys begin: the row that one has come back from. */
  start: number;
  reveal: (index: number, above: number) => void;
  toggle: ((index: number) => void) | undefined;
};

const nextRow = msg`Next row`;
const previousRow = msg`Previous row`;
const selectRow = msg`Select the row`;

/** What covers the first rows; also in styles/data-grid.css. */
export const headerHeight = 36;

/** j and k move the focus from row to row; Enter is that of the link which has it. */
export function useGridKeys({ scroller, count, start, reveal, toggle }: Grid): void {
  const active = useRef<number | null>(null);

  const focused = () => {
    const row = document.activeElement?.closest<HTMLElement>("[data-index]");
    return row && scroller.current?.contains(row) ? Number(row.dataset.index) : null;
  };

  const move = (step: number) => {
    if (count === 0) return;
    const from = focused() ?? active.current ?? start - step;
    const index = Math.min(count - 1, Math.max(0, from + step));
    active.current = index;
    reveal(index, headerHeight);
    const focus = () => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus();
    // A row that was not on the screen is drawn with the next frame.
    if (scroller.current?.querySelector(`[data-index="${index}"]`)) focus();
    else requestAnimationFrame(() => requestAnimationFrame(focus));
  };

  useHotkey("j", nextRow, () => move(1));
  useHotkey("k", previousRow, () => move(-1));
  useHotkey(
    "x",
    selectRow,
    () => {
      const index = focused() ?? active.current;
      if (index !== null) toggle?.(index);
    },
    toggle !== undefined,
  );
}

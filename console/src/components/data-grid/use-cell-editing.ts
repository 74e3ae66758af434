import { msg } from "@lingui/core/macro";
import { useEffect, useEffectEvent, useState } from "react";
import { useHotkey } from "@/lib/hotkeys";
import type { Column, GridEditing } from "./column";

export type Cell = { index: number; column: string };

const editCell = msg`Edit the cell`;

/** What covers the first rows; also in styles/data-grid.css. */
const headerHeight = 36;

const steps: Record<string, { rows: number; columns: number }> = {
  ArrowUp: { rows: -1, columns: 0 },
  ArrowDown: { rows: 1, columns: 0 },
  ArrowLeft: { rows: 0, columns: -1 },
  ArrowRight: { rows: 0, columns: 1 },
};

/**
 * Arrows move from cell to cell of a row that has the focus; Enter, F2 and a double click open the cell. The title is a
 * link, which Enter and a click follow: F2 opens it.
 */
export function useCellEditing<Row>({ scroller, columns, count, reveal, clicked }: GridEditing<Row>) {
  const [active, setActive] = useState<Cell | null>(null);
  const [title] = columns;
  const editable = columns.filter(({ edit }) => edit).map(({ id }) => id);

  const cellOf = (target: EventTarget | null): Cell | null => {
    if (!(target instanceof Element)) return null;
    const index = target.closest<HTMLElement>("[data-index]")?.dataset.index;
    const column = target.closest<HTMLElement>("[data-column]")?.dataset.column;
    const isTitle = target.matches(".data-grid-title a");
    if (index === undefined || !scroller.current?.contains(target)) return null;
    if (isTitle && title) return { index: Number(index), column: title.id };
    return column === undefined ? null : { index: Number(index), column };
  };
  const elementOf = ({ index, column }: Cell) => {
    const within = column === title?.id ? ".data-grid-title a" : `[data-column="${column}"]`;
    return scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] ${within}`);
  };
  const focus = (cell: Cell) => {
    reveal(cell.index, headerHeight);
    const element = elementOf(cell);
    if (element) element.focus();
    // A row that was not on the screen is drawn with the next frame.
    else requestAnimationFrame(() => requestAnimationFrame(() => elementOf(cell)?.focus()));
  };
  const open = (cell: Cell | null) => {
    if (!cell || !editable.includes(cell.column)) return;
    setActive(cell);
  };

  useHotkey("F2", editCell, () => open(cellOf(document.activeElement)));

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = cellOf(event.target);
    if (!cell) return;
    const step = steps[event.key];
    if (event.key === "Enter" && cell.column !== title?.id) open(cell);
    else if (step) focus(neighbour(cell, step, columns, count, editable));
    else return;
    event.preventDefault();
  });
  const onDoubleClick = useEffectEvent((target: EventTarget | null) => open(cellOf(target)));

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    onDoubleClick(clicked.current);
    const keyDown = (event: KeyboardEvent) => onKeyDown(event);
    const doubleClick = (event: MouseEvent) => onDoubleClick(event.target);
    element.addEventListener("keydown", keyDown);
    element.addEventListener("dblclick", doubleClick);
    return () => {
      element.removeEventListener("keydown", keyDown);
      element.removeEventListener("dblclick", doubleClick);
    };
  }, [scroller, clicked]);

  return {
    /** The cell that is being edited. */
    active,
    elementOf,
    /** Ends the editing, here or in the cell beside it. */
    close: (step: -1 | 0 | 1) => {
      if (!active) return;
      const beside = editable[editable.indexOf(active.column) + step];
      if (step !== 0 && beside !== undefined) return setActive({ ...active, column: beside });
      setActive(null);
      focus(active);
    },
    /** Ends it without taking the focus back. */
    leave: () => setActive(null),
  };
}

function neighbour<Row>(
  { index, column }: Cell,
  step: { rows: number; columns: number },
  columns: readonly Column<Row>[],
  count: number,
  editable: readonly string[],
): Cell {
  const reached = columns.map(({ id }) => id).filter((id, place) => place === 0 || editable.includes(id));
  const place = Math.min(reached.length - 1, Math.max(0, reached.indexOf(column) + step.columns));
  return {
    index: Math.min(count - 1, Math.max(0, index + step.rows)),
    column: reached[place] ?? column,
  };
}

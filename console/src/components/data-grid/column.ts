import type { ReactNode, RefObject } from "react";
import type { Label } from "@/lib/label";

export type CellEdit<Row> = { type: "text" | "email" | "tel"; value: (row: Row) => string };

/** What a list hands to the `GridEditor` of its feature, which is lazy. */
export type GridEditing<Row> = {
  scroller: RefObject<HTMLDivElement | null>;
  columns: readonly Column<Row>[];
  count: number;
  reveal: (index: number, above: number) => void;
  rowAt: (index: number) => Row | undefined;
  nameOf: (row: Row) => string;
  /** What was double-clicked while the editor was on its way. */
  clicked: RefObject<EventTarget | null>;
};

export type Column<Row> = {
  id: string;
  header: Label;
  /** In pixels, at least. */
  width: number;
  /** Its share of the room that is left. */
  grow?: number;
  align?: "end";
  /** What the server calls the order by it. */
  sort?: string;
  /** On a narrow screen a row is a card, where it may be left out. */
  hiddenInCard?: boolean;
  cell: (row: Row) => ReactNode;
  /** How its value is edited where it stands. */
  edit?: CellEdit<Row>;
  /** In the first column: a control before the link. */
  before?: (row: Row) => ReactNode;
};

export function gridTemplate<Row>(columns: readonly Column<Row>[], isSelectable: boolean): string {
  const tracks = columns.map(({ width, grow }) => (grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`));
  return [isSelectable ? "40px" : "", ...tracks].join(" ");
}

export function gridWidth<Row>(columns: readonly Column<Row>[], isSelectable: boolean): number {
  return columns.reduce((sum, { width }) => sum + width, isSelectable ? 40 : 0);
}

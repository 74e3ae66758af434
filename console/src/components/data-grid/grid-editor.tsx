import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { labelText } from "@/lib/label";
import { useHoldsLive } from "@/stores/editing";
import { ConflictDialog } from "../conflict-dialog";
import { Input } from "../ui/input";
import { useFieldSaving } from "../use-field-saving";
import type { GridEditing } from "./column";
import type { Identified } from "./grid-row";
import { type Cell, useCellEditing } from "./use-cell-editing";

type Props<Row extends Identified> = GridEditing<Row> & {
  /** Rejects when the server refuses it. */
  onSave: (row: Row, column: string, value: string) => Promise<unknown>;
  /** Gets the row as it is by now. */
  reload: (row: Row) => Promise<Row>;
};

/** Lies over the cell that is edited, so that no row is drawn anew for it; and beneath one whose value was refused. */
export function GridEditor<Row extends Identified>(props: Props<Row>) {
  const { scroller, columns, rowAt, nameOf, onSave, reload } = props;
  const cells = useCellEditing(props);
  const { i18n } = useLingui();
  const columnOf = (id: string) => columns.find((column) => column.id === id);
  const textOf = (row: Row, id: string) => columnOf(id)?.edit?.value(row) ?? "";
  const { save, refusal, conflict } = useFieldSaving<string, Row>({
    textOf,
    onSave,
    reload,
  });
  /** Where the value that was refused stands. */
  const [refused, setRefused] = useState<Cell | null>(null);
  const { active } = cells;
  const row = active && rowAt(active.index);
  const column = active && columnOf(active.column);
  const isRefused = (id: string, of: Row) => refusal?.field === id && refusal.subject.id === of.id;

  return (
    <>
      {active && row && column?.edit && (
        <CellInput
          key={`${active.index} ${active.column}`}
          place={placeOf(scroller.current, cells.elementOf(active))}
          type={column.edit.type}
          label={`${labelText(i18n, column.header)}, ${nameOf(row)}`}
          value={textOf(row, column.id)}
          typed={isRefused(column.id, row) ? refusal?.value : undefined}
          onSave={(value) => {
            setRefused(active);
            save(row, column.id, value);
          }}
          onClose={cells.close}
          onLeave={cells.leave}
        />
      )}
      {refusal && refused && !active && (
        <Refusal place={placeOf(scroller.current, cells.elementOf(refused))} message={refusal.message} />
      )}
      {conflict && (
        <ConflictDialog
          conflict={{
            label: labelText(i18n, columnOf(conflict.field)?.header ?? conflict.field),
            mine: conflict.mine,
            theirs: textOf(conflict.theirs, conflict.field),
          }}
          onTakeTheirs={conflict.takeTheirs}
          onKeepMine={conflict.keepMine}
        />
      )}
    </>
  );
}

type Place = { left: number; top: number; width: number; height: number };

/** Where a cell is in what scrolls. */
function placeOf(scroller: HTMLElement | null, element: HTMLElement | null | undefined): Place | null {
  const cell = element?.closest<HTMLElement>("[role=cell]")?.getBoundingClientRect();
  const box = scroller?.getBoundingClientRect();
  if (!scroller || !box || !cell) return null;
  const left = cell.left - box.left + scroller.scrollLeft;
  return { left, top: cell.top - box.top + scroller.scrollTop, width: cell.width, height: cell.height };
}

type InputProps = {
  place: Place | null;
  type: "text" | "email" | "tel";
  label: string;
  value: string;
  /** What was typed the last time, and refused. */
  typed: string | undefined;
  onSave: (value: string) => void;
  onClose: (step: -1 | 0 | 1) => void;
  onLeave: () => void;
};

function CellInput({ place, type, label, value, typed, onSave, onClose, onLeave }: InputProps) {
  useHoldsLive(true);
  const input = useRef<HTMLInputElement>(null);
  const isClosed = useRef(false);
  useLayoutEffect(() => input.current?.select(), []);

  const saveChanged = (next: string) => {
    isClosed.current = true;
    if (next.trim() !== value) onSave(next.trim());
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing || !["Enter", "Escape", "Tab"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") isClosed.current = true;
    else saveChanged(event.currentTarget.value);
    onClose(event.key === "Tab" ? (event.shiftKey ? -1 : 1) : 0);
  };
  return (
    <Input
      ref={input}
      type={type}
      aria-label={label}
      autoFocus
      defaultValue={typed ?? value}
      className="data-grid-editor"
      style={place ?? undefined}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (isClosed.current) return;
        saveChanged(event.currentTarget.value);
        onLeave();
      }}
    />
  );
}

function Refusal({ place, message }: { place: Place | null; message: string }) {
  if (!place) return null;
  const { left, top, width, height } = place;
  return (
    <p role="alert" className="data-grid-refusal" style={{ left, top: top + height, minWidth: width }}>
      {message}
    </p>
  );
}

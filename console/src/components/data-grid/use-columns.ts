import { useMemo } from "react";
import type { Column } from "./column";

/** The columns that a list shows: those of the URL in their order, or else its own. The first one names the row, and stays. */
export function useColumns<Row>(
  all: readonly Column<Row>[],
  standard: readonly string[],
  chosen: readonly string[] | null,
): readonly Column<Row>[] {
  return useMemo(() => {
    const [name, ...others] = all;
    const shown = (chosen ?? standard).flatMap((id) => others.find((column) => column.id === id) ?? []);
    return name ? [name, ...shown] : shown;
  }, [all, standard, chosen]);
}

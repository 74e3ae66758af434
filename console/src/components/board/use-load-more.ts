import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { notifyError } from "../problem";
import type { BoardCard, BoardColumn, MoreState } from "./board-data";

/** Loads further cards of columns into the board that is in memory. `load` tells how a column is with them. */
export function useLoadMore<Column extends BoardColumn<BoardCard>>(
  queryKey: QueryKey,
  load: (column: Column) => Promise<(current: Column) => Column>,
) {
  const queryClient = useQueryClient();
  const [states, setStates] = useState<Readonly<Record<string, MoreState>>>({});
  const set = (column: Column, state: MoreState) =>
    setStates((current) => ({ ...current, [column.id]: state }));

  return {
    load: async (column: Column) => {
      set(column, "loading");
      try {
        const add = await load(column);
        queryClient.setQueryData<Column[]>(queryKey, (columns) =>
          columns?.map((current) => (current.id === column.id ? add(current) : current)),
        );
        set(column, "idle");
      } catch (error) {
        set(column, "failed");
        notifyError(error);
      }
    },
    stateOf: ({ id }: Column): MoreState => states[id] ?? "idle",
  };
}

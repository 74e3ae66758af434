import { useCallback, useMemo, useState } from "react";

/** Which rows are selected: some by their ids, or all that match what the list is narrowed by. */
type Selection = { ids: ReadonlySet<string>; isAll: boolean };

const none: Selection = { ids: new Set(), isAll: false };

/** The most records that one request takes by their ids. */
const most = 500;

export function useSelection() {
  const [selection, setSelection] = useState(none);
  const clear = useCallback(() => setSelection(none), []);
  const selectAll = useCallback(() => setSelection({ ids: new Set(), isAll: true }), []);
  const select = useCallback(
    (ids: string[]) => setSelection({ ids: new Set(ids.slice(0, most)), isAll: false }),
    [],
  );
  const toggle = useCallback(
    (id: string) =>
      setSelection(({ ids, isAll }) => {
        if (isAll) return none;
        const next = new Set(ids);
        if (!next.delete(id) && next.size < most) next.add(id);
        return { ids: next, isAll: false };
      }),
    [],
  );
  return useMemo(
    () => ({ ...selection, clear, selectAll, select, toggle }),
    [selection, clear, selectAll, select, toggle],
  );
}

export type GridSelection = ReturnType<typeof useSelection>;

import { useEffect } from "react";
import { create } from "zustand";

export const useEditing = create<{ count: number }>(() => ({ count: 0 }));

/** Whether somebody is in the midst of changing something, whose beginnings must not change beneath them. */
export const isEditing = () => useEditing.getState().count > 0;

/** Says so while it is true. */
export function useHoldsLive(when: boolean): void {
  useEffect(() => {
    if (!when) return;
    const add = (change: number) => useEditing.setState(({ count }) => ({ count: count + change }));
    add(1);
    return () => add(-1);
  }, [when]);
}

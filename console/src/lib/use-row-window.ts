import { type RefObject, useCallback, useLayoutEffect, useState } from "react";

/** Rows beside those on the screen that are drawn already, so that scrolling shows no gaps. */
const margin = 6;

type Options = {
  scroller: RefObject<HTMLElement | null>;
  count: number;
  rowHeight: number;
  /** How high what stays above the rows is, in pixels. */
  headerHeight: number;
};

/** Which rows of a long list are on the screen. As all have one height, nothing is measured but what scrolls. */
export function useRowWindow({ scroller, count, rowHeight, headerHeight }: Options) {
  const [shown, setShown] = useState({ first: 0, last: 0 });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const update = () => {
      const first = Math.floor(element.scrollTop / rowHeight);
      const last = Math.floor((element.scrollTop + element.clientHeight - headerHeight - 1) / rowHeight);
      setShown((current) => (current.first === first && current.last === last ? current : { first, last }));
    };
    update();
    element.addEventListener("scroll", update, { passive: true });
    const resizes = new ResizeObserver(update);
    resizes.observe(element);
    return () => {
      element.removeEventListener("scroll", update);
      resizes.disconnect();
    };
  }, [scroller, rowHeight, headerHeight]);

  const scrollToRow = useCallback(
    (row: number) => scroller.current?.scrollTo({ top: row * rowHeight }),
    [scroller, rowHeight],
  );
  /** Scrolls no farther than needed; `above` is what covers the top. */
  const reveal = useCallback(
    (row: number, above = 0) => {
      const element = scroller.current;
      if (!element) return;
      const top = row * rowHeight;
      const room = element.clientHeight - above - rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top > element.scrollTop + room) element.scrollTop = top - room;
    },
    [scroller, rowHeight],
  );

  const end = Math.max(0, count - 1);
  return {
    /** The rows that are seen. */
    first: Math.min(shown.first, end),
    last: Math.min(shown.last, end),
    /** The rows that are drawn. */
    from: Math.max(0, Math.min(shown.first, end) - margin),
    to: Math.min(shown.last + margin, end),
    height: count * rowHeight,
    scrollToRow,
    reveal,
  };
}

import { monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { type RefObject, useEffect } from "react";

/** So near to an edge it scrolls, in pixels, and at most so far with each frame. */
const margin = 56;
const step = 14;

/** How far to scroll: farther, the nearer the pointer is to the start or to the end. */
function speed(pointer: number, start: number, end: number): number {
  const near = (distance: number) => Math.max(0, Math.min(1, 1 - distance / margin));
  return step * (near(end - pointer) - near(pointer - start));
}

/** While a card is dragged near an edge, the board scrolls sideways, and the column beneath the pointer up and down. */
export function useAutoScroll(board: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let pointer = { x: 0, y: 0 };
    let frame = 0;
    const scroll = () => {
      const element = board.current;
      if (element) {
        const box = element.getBoundingClientRect();
        element.scrollLeft += speed(pointer.x, box.left, box.right);
        const list = listBeneath(element, pointer);
        const column = list?.getBoundingClientRect();
        if (list && column) list.scrollTop += speed(pointer.y, column.top, column.bottom);
      }
      frame = requestAnimationFrame(scroll);
    };
    const stop = monitorForElements({
      canMonitor: ({ source }) => board.current?.contains(source.element) ?? false,
      onDragStart: ({ location }) => {
        pointer = pointOf(location.current.input);
        frame = requestAnimationFrame(scroll);
      },
      onDrag: ({ location }) => {
        pointer = pointOf(location.current.input);
      },
      onDrop: () => cancelAnimationFrame(frame),
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [board]);
}

const pointOf = ({ clientX, clientY }: { clientX: number; clientY: number }) => ({ x: clientX, y: clientY });

function listBeneath(board: HTMLElement, { x, y }: { x: number; y: number }): Element | undefined {
  const lists = [...board.querySelectorAll("ul")];
  return lists.find((list) => {
    const { left, right, top, bottom } = list.getBoundingClientRect();
    return x >= left && x <= right && y >= top - margin && y <= bottom + margin;
  });
}

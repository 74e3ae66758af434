import { type RefObject, useEffect, useEffectEvent } from "react";

/** Acts when an element comes into view, and again after each drawing that leaves it there. */
export function useWhenSeen(element: RefObject<HTMLElement | null>, act: () => void): void {
  const latest = useEffectEvent(act);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest());
    observer.observe(element.current);
    return () => observer.disconnect();
  });
}

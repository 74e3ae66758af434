import { clsx } from "clsx";

/** Holds the place of a text that is on its way. Give it the size of that text, so that nothing moves. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden className={clsx("block h-4 animate-pulse rounded-sm bg-neutral-soft", className)} />
  );
}

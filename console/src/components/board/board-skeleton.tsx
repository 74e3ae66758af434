import { Skeleton } from "../ui/skeleton";

/** Stands where the columns will be. */
export function BoardSkeleton() {
  return (
    <div className="flex min-h-0 grow gap-3 overflow-hidden border-t bg-surface px-4 py-3 sm:px-6">
      {["a", "b", "c", "d"].map((column) => (
        <div
          key={column}
          className="flex w-64 shrink-0 grow flex-col gap-2 rounded-lg border border-line bg-canvas p-2"
        >
          <Skeleton className="m-1 w-24" />
          <Skeleton className="h-20 w-full" />
          <Skeleton className="h-20 w-full" />
          <Skeleton className="h-20 w-full" />
        </div>
      ))}
    </div>
  );
}

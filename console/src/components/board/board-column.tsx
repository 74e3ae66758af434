import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { extractClosestEdge } from "@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge";
import { Trans, useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { type ReactNode, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { formatNumber } from "@/lib/format";
import { useWhenSeen } from "@/lib/use-when-seen";
import { Button } from "../ui/button";
import type { BoardCard, BoardColumn, MoreState, Place } from "./board-data";

type Props = {
  column: BoardColumn<BoardCard>;
  name: ReactNode;
  /** What its cards add up to. */
  sum?: ReactNode;
  /** Whether the card that is being dragged may not come here. */
  isRefusing: boolean;
  accepts: (cardId: string) => boolean;
  onDrop: (cardId: string, to: Place) => void;
  onMore: () => void;
  moreState: MoreState;
  children: ReactNode;
};

/** A column that scrolls on its own beneath its name, the number of its cards and what they add up to. */
export function BoardColumnView(props: Props) {
  const { column, name, sum, isRefusing, accepts, onDrop, onMore, moreState, children } = props;
  const { t } = useLingui();
  const id = useId();
  const section = useRef<HTMLElement>(null);
  const end = useRef<HTMLLIElement>(null);
  const [isOver, setOver] = useState(false);
  const count = formatNumber(column.total) + (column.isCapped ? "+" : "");

  const mayEnter = useEffectEvent(accepts);
  const drop = useEffectEvent((cardId: string, next: Record<string | symbol, unknown> | undefined) => {
    const last = column.cards.findLast((card) => card.id !== cardId);
    onDrop(cardId, { columnId: column.id, ...(placeBeside(next) ?? (last && { afterId: last.id })) });
  });
  useEffect(() => {
    const element = section.current;
    if (!element) return;
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => typeof source.data.cardId === "string" && mayEnter(source.data.cardId),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source, location }) => {
        setOver(false);
        const beside = location.current.dropTargets.find(({ data }) => typeof data.nextTo === "string");
        if (typeof source.data.cardId === "string") drop(source.data.cardId, beside?.data);
      },
    });
  }, []);
  useWhenSeen(end, () => column.hasMore && moreState === "idle" && onMore());

  return (
    <section
      ref={section}
      aria-labelledby={id}
      className={clsx(
        "flex w-[calc(100vw-3rem)] shrink-0 snap-start flex-col rounded-lg border bg-canvas transition-opacity sm:w-64 sm:max-w-96 sm:grow",
        isOver ? "border-accent bg-selected" : "border-line",
        isRefusing && "opacity-50",
      )}
    >
      <header className="flex flex-col gap-0.5 border-b px-3 py-2">
        <div className="flex items-center justify-between gap-2">
          <h2 id={id} className="min-w-0 truncate font-semibold">
            {name}
          </h2>
          <span className="text-sm text-text-muted">
            <span className="sr-only">{t`Cards:`} </span>
            {count}
          </span>
        </div>
        {sum && <p className="truncate text-sm text-text-muted">{sum}</p>}
      </header>
      <ul className="flex min-h-24 grow flex-col gap-2 overflow-y-auto overscroll-y-contain p-2">
        {children}
        {column.hasMore && (
          <li ref={end} className="flex justify-center p-1">
            <Button size="small" variant="ghost" pending={moreState === "loading"} onClick={onMore}>
              <Trans>Show more</Trans>
            </Button>
          </li>
        )}
      </ul>
    </section>
  );
}

/** Above or below the card over which another one was dropped. */
function placeBeside(data: Record<string | symbol, unknown> | undefined): Omit<Place, "columnId"> | null {
  if (!data || typeof data.nextTo !== "string") return null;
  return extractClosestEdge(data) === "top" ? { beforeId: data.nextTo } : { afterId: data.nextTo };
}

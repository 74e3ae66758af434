import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import {
  attachClosestEdge,
  type Edge,
  extractClosestEdge,
} from "@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge";
import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { Ellipsis } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { rememberSelected } from "@/lib/list-state";
import { Button } from "../ui/button";

type Props = {
  id: string;
  columnId: string;
  name: string;
  href: string;
  /** Whether it can be moved at all. */
  isMovable: boolean;
  /** Whether cards have an order within their column. */
  isRanked: boolean;
  /** Whether one has just come back from it. */
  isMarked: boolean;
  onOpenMenu: (id: string, anchor: Element) => void;
  /** What it shows beneath its name. */
  children: ReactNode;
};

/** What is dragged, and over what it is: the drop is that of the board. */
export function BoardCardView(props: Props) {
  const { id, columnId, name, href, isMovable, isRanked, isMarked, onOpenMenu, children } = props;
  const { t } = useLingui();
  const card = useRef<HTMLLIElement>(null);
  const [isDragged, setDragged] = useState(false);
  const [edge, setEdge] = useState<Edge | null>(null);

  useEffect(() => {
    if (isMarked) card.current?.scrollIntoView({ block: "center", inline: "center" });
  }, [isMarked]);

  useEffect(() => {
    const element = card.current;
    if (!element || !isMovable) return;
    return draggable({
      element,
      getInitialData: () => ({ cardId: id, columnId }),
      onDragStart: () => setDragged(true),
      onDrop: () => setDragged(false),
    });
  }, [id, columnId, isMovable]);

  useEffect(() => {
    const element = card.current;
    if (!element || !isRanked) return;
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data.cardId !== id,
      getData: ({ input }) =>
        attachClosestEdge({ nextTo: id }, { element, input, allowedEdges: ["top", "bottom"] }),
      onDrag: ({ self }) => setEdge(extractClosestEdge(self.data)),
      onDragLeave: () => setEdge(null),
      onDrop: () => setEdge(null),
    });
  }, [id, isRanked]);

  return (
    <li
      ref={card}
      data-card={id}
      className={clsx(
        "relative flex flex-col gap-1 rounded-md border border-line bg-surface p-2.5 hover:border-line-strong",
        isMovable && "cursor-grab",
        isDragged && "opacity-50",
        isMarked && "bg-selected",
      )}
    >
      {edge && (
        <span
          aria-hidden
          className={clsx("absolute inset-x-0 h-0.5 bg-accent", edge === "top" ? "-top-1" : "-bottom-1")}
        />
      )}
      <div className="flex items-start gap-1">
        <Link
          to={href}
          draggable={false}
          onClick={() => rememberSelected(id)}
          className="min-w-0 grow break-words rounded-sm font-medium hover:underline"
        >
          {name}
        </Link>
        {isMovable && (
          <Button
            variant="ghost"
            size="smallIcon"
            aria-label={t`Move ${name}`}
            aria-haspopup="menu"
            title={t`Move`}
            className="-my-1 -me-1"
            icon={<Ellipsis size={14} aria-hidden />}
            onClick={(event) => onOpenMenu(id, event.currentTarget)}
          />
        )}
      </div>
      {children}
    </li>
  );
}

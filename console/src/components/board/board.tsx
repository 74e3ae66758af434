import { monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { Trans } from "@lingui/react/macro";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { BoardCardView } from "./board-card";
import { BoardColumnView } from "./board-column";
import { type BoardCard, type BoardColumn, buttonOfCard, type MoreState, type Place } from "./board-data";
import { useAutoScroll } from "./use-auto-scroll";
import { useBoardKeys } from "./use-board-keys";

const MoveMenu = lazy(() => import("./move-menu"));

type Props<Card extends BoardCard, Column extends BoardColumn<Card>> = {
  /** Names the board. */
  label: string;
  columns: readonly Column[];
  nameOfColumn: (column: Column) => string;
  /** What the cards of a column add up to. */
  sumOfColumn?: (column: Column) => ReactNode;
  nameOf: (card: Card) => string;
  hrefOf: (card: Card) => string;
  /** What a card shows beneath its name. */
  renderCard: (card: Card) => ReactNode;
  /** Whether cards have an order of their own. */
  isRanked?: boolean;
  isMovable: (card: Card) => boolean;
  /** Why a card may not go to another column. */
  refusal?: (card: Card, columnId: string) => string | false;
  onMove: (card: Card, to: Place) => void;
  onMore: (column: Column) => void;
  moreState: (column: Column) => MoreState;
  /** The card that one has just come back from. */
  markedId: string | null;
  /** What became of the last move, to be spoken. */
  said: string;
};

const never = () => false as const;

/** Cards in columns, moved by dragging, or by the menu of each. */
export function Board<Card extends BoardCard, Column extends BoardColumn<Card>>(props: Props<Card, Column>) {
  const { label, columns, nameOfColumn, nameOf, isRanked = false, refusal = never, onMove, said } = props;
  const board = useRef<HTMLElement>(null);
  const [draggedId, setDraggedId] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ cardId: string; anchor: Element } | null>(null);
  /** The card that was moved by its menu: drawn in another column it has lost the focus. */
  const moved = useRef<string | null>(null);
  const onKeyDown = useBoardKeys(board);
  useAutoScroll(board);
  const cardOf = (id: string) => columns.flatMap(({ cards }) => cards).find((card) => card.id === id);
  const columnOf = (id: string) => columns.find(({ cards }) => cards.some((card) => card.id === id));
  const accepts = (cardId: string, columnId: string) => {
    const card = cardOf(cardId);
    if (!card) return false;
    return columnOf(cardId)?.id === columnId ? isRanked : !refusal(card, columnId);
  };
  const move = (cardId: string, to: Place) => {
    const card = cardOf(cardId);
    if (card) onMove(card, isRanked ? to : { columnId: to.columnId });
  };

  useEffect(
    () =>
      monitorForElements({
        onDragStart: ({ source }) =>
          setDraggedId(typeof source.data.cardId === "string" ? source.data.cardId : null),
        onDrop: () => setDraggedId(null),
      }),
    [],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: when a card may have gone elsewhere
  useEffect(() => {
    if (moved.current && document.activeElement === document.body) buttonOfCard(moved.current)?.focus();
  }, [columns]);

  const opened = menu && cardOf(menu.cardId);
  return (
    <>
      <section
        ref={board}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="flex min-h-0 grow snap-x snap-mandatory scroll-px-4 gap-3 overflow-x-auto border-t bg-surface px-4 py-3 sm:snap-none sm:px-6"
      >
        {columns.map((column) => (
          <BoardColumnView
            key={column.id}
            column={column}
            name={nameOfColumn(column)}
            sum={props.sumOfColumn?.(column)}
            isRefusing={
              draggedId !== null && columnOf(draggedId) !== column && !accepts(draggedId, column.id)
            }
            accepts={(cardId) => accepts(cardId, column.id)}
            onDrop={move}
            onMore={() => props.onMore(column)}
            moreState={props.moreState(column)}
          >
            {column.cards.length === 0 && (
              <li className="px-2 py-4 text-center text-text-muted">
                <Trans>Nothing here</Trans>
              </li>
            )}
            {column.cards.map((card) => (
              <BoardCardView
                key={card.id}
                id={card.id}
                columnId={column.id}
                name={nameOf(card)}
                href={props.hrefOf(card)}
                isMovable={props.isMovable(card)}
                isRanked={isRanked}
                isMarked={card.id === props.markedId}
                onOpenMenu={(cardId, anchor) => setMenu({ cardId, anchor })}
              >
                {props.renderCard(card)}
              </BoardCardView>
            ))}
          </BoardColumnView>
        ))}
      </section>
      <Suspense>
        {menu && opened && (
          <MoveMenu
            card={opened}
            name={nameOf(opened)}
            anchor={menu.anchor}
            columns={columns.map((column) => ({ ...column, name: nameOfColumn(column) }))}
            isRanked={isRanked}
            refusal={(columnId) => refusal(opened, columnId)}
            onMove={(to) => {
              moved.current = opened.id;
              move(opened.id, to);
            }}
            onClose={() => setMenu(null)}
            finalFocus={() => buttonOfCard(opened.id)}
          />
        )}
      </Suspense>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  );
}

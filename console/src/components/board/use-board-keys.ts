import { msg } from "@lingui/core/macro";
import type { KeyboardEvent, RefObject } from "react";
import { useHotkey } from "@/lib/hotkeys";

const moveCard = msg`Move the card`;

const cardsOf = (list: Element | undefined) => [
  ...(list?.querySelectorAll<HTMLElement>("[data-card]") ?? []),
];

/** Arrows go from card to card, and s opens the menu that moves the one with the focus. */
export function useBoardKeys(board: RefObject<HTMLElement | null>) {
  const focused = () => {
    const card = document.activeElement?.closest<HTMLElement>("[data-card]");
    return card && board.current?.contains(card) ? card : null;
  };

  useHotkey("s", moveCard, () => focused()?.querySelector("button")?.click());

  return (event: KeyboardEvent) => {
    const card = focused();
    if (!card || event.defaultPrevented) return;
    const next = neighbour(card, event.key, [...(board.current?.querySelectorAll("ul") ?? [])]);
    if (next === undefined) return;
    event.preventDefault();
    next?.querySelector("a")?.focus();
  };
}

/** The card that a key leads to: `null` where there is none, `undefined` for keys that lead nowhere. */
function neighbour(card: HTMLElement, key: string, lists: Element[]): HTMLElement | null | undefined {
  const column = lists.findIndex((list) => list.contains(card));
  const cards = cardsOf(lists[column]);
  const row = cards.indexOf(card);
  switch (key) {
    case "ArrowDown":
      return cards[row + 1] ?? null;
    case "ArrowUp":
      return cards[row - 1] ?? null;
    case "ArrowRight":
      return inNextColumn(lists.slice(column + 1), row);
    case "ArrowLeft":
      return inNextColumn(lists.slice(0, column).toReversed(), row);
    default:
      return undefined;
  }
}

/** Columns without cards are passed over. */
function inNextColumn(lists: Element[], row: number): HTMLElement | null {
  const cards = lists.map(cardsOf).find((found) => found.length > 0);
  return cards?.[Math.min(row, cards.length - 1)] ?? null;
}

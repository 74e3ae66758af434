export type BoardCard = { id: string };

/** A column as far as its cards are loaded. */
export type BoardColumn<Card extends BoardCard> = {
  id: string;
  /** From the top. */
  cards: readonly Card[];
  /** How many there are, those that are not loaded among them. */
  total: number;
  /** Whether there are more than `total`. */
  isCapped: boolean;
  hasMore: boolean;
};

/** Whether further cards are on their way. What failed is not tried again by itself. */
export type MoreState = "idle" | "loading" | "failed";

/** The button of a card that opens the menu which moves it, wherever it is by now. */
export const buttonOfCard = (cardId: string) =>
  document.querySelector<HTMLElement>(`[data-card="${cardId}"] button`);

/** Where a card goes: next to another one, or else on top. */
export type Place = { columnId: string; beforeId?: string; afterId?: string };

/** Where a card is, so that it can be put back there. */
export function placeOf<Card extends BoardCard>(
  columns: readonly BoardColumn<Card>[],
  cardId: string,
): Place | null {
  for (const { id: columnId, cards } of columns) {
    const index = cards.findIndex(({ id }) => id === cardId);
    const above = cards[index - 1];
    if (index >= 0) return { columnId, ...(above && { afterId: above.id }) };
  }
  return null;
}

/** Puts a card where it goes, and takes it from where it was: it is never there twice. */
export function placeCard<Card extends BoardCard, Column extends BoardColumn<Card>>(
  columns: readonly Column[],
  card: Card,
  to: Place,
): Column[] {
  return columns.map((column) => {
    const others = column.cards.filter(({ id }) => id !== card.id);
    const wasHere = others.length < column.cards.length;
    if (column.id !== to.columnId) {
      return wasHere ? { ...column, cards: others, total: column.total - 1 } : column;
    }
    const cards = others.toSpliced(indexOf(others, to), 0, card);
    return { ...column, cards, total: column.total + (wasHere ? 0 : 1) };
  });
}

function indexOf(cards: readonly BoardCard[], { beforeId, afterId }: Place): number {
  const index = cards.findIndex(({ id }) => id === (beforeId ?? afterId));
  return index >= 0 && afterId ? index + 1 : Math.max(0, index);
}

/** Puts a card as it now is in its place. */
export function replaceCard<Card extends BoardCard, Column extends BoardColumn<Card>>(
  columns: readonly Column[],
  card: Card,
): Column[] {
  return columns.map((column) =>
    column.cards.some(({ id }) => id === card.id)
      ? { ...column, cards: column.cards.map((other) => (other.id === card.id ? card : other)) }
      : column,
  );
}

/** The cards of a column and those behind them. What was moved in the meantime is in both. */
export function joinCards<Card extends BoardCard>(cards: readonly Card[], more: readonly Card[]): Card[] {
  const known = new Set(cards.map(({ id }) => id));
  return [...cards, ...more.filter(({ id }) => !known.has(id))];
}

import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { type BoardCard, type BoardColumn, type Place, placeCard, placeOf, replaceCard } from "./board-data";

type Put<Card extends BoardCard, Column extends BoardColumn<Card>> = (
  columns: readonly Column[],
  card: Card,
  to: Place,
) => Column[];

/** The boards of one kind of record that are in memory, beneath a key. `put` places a card on one of them. */
export function boardCache<Card extends BoardCard & { version: number }, Column extends BoardColumn<Card>>(
  queryClient: QueryClient,
  queryKey: QueryKey,
  put: Put<Card, Column> = placeCard,
) {
  const all = () => queryClient.getQueriesData<Column[]>({ queryKey });
  const change = (key: QueryKey, card: Card, to: Place) =>
    queryClient.setQueryData<Column[]>(key, (columns) => columns && put(columns, card, to));

  return {
    /** The card as it is known by now. */
    newest: (card: Card) =>
      all()
        .flatMap(([, columns]) => columns?.flatMap(({ cards }) => cards) ?? [])
        .filter(({ id }) => id === card.id)
        .reduce((newest, other) => (other.version > newest.version ? other : newest), card),
    /** Shows a card as it is now. */
    replace: (card: Card) => {
      queryClient.setQueriesData<Column[]>(
        { queryKey },
        (columns) => columns && replaceCard<Card, Column>(columns, card),
      );
    },
    /** Moves a card on the boards that show it; returns how to put it back, whatever else was moved since. */
    move: (card: Card, to: Place) => {
      const before = all().flatMap(([key, columns]) => {
        const place = columns && placeOf(columns, card.id);
        return place ? [{ key, place }] : [];
      });
      for (const { key } of before) change(key, card, to);
      return (original: Card) => {
        for (const { key, place } of before) change(key, original, place);
      };
    },
    /** Sees to it that a card is in its column: a move that failed before the last one may have put it back. */
    settle: (card: Card, to: Place) => {
      for (const [key, columns] of all()) {
        const place = columns && placeOf(columns, card.id);
        if (place && place.columnId !== to.columnId) change(key, card, to);
      }
    },
  };
}

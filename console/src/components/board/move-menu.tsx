import { useLingui } from "@lingui/react/macro";
import { AnchoredMenu, MenuGroup, MenuItem, MenuSeparator } from "../ui/menu";
import type { BoardCard, BoardColumn, Place } from "./board-data";

type Column = BoardColumn<BoardCard> & { name: string };

type Props = {
  card: BoardCard;
  name: string;
  anchor: Element;
  columns: readonly Column[];
  isRanked: boolean;
  /** Why the card may not go to a column. */
  refusal: (columnId: string) => string | false;
  onMove: (to: Place) => void;
  onClose: () => void;
  finalFocus: () => HTMLElement | null;
};

/** Moves a card without dragging it. */
export default function MoveMenu(props: Props) {
  const { card, name, anchor, columns, isRanked, refusal, onMove, onClose, finalFocus } = props;
  const { t } = useLingui();
  const own = columns.find(({ cards }) => cards.some(({ id }) => id === card.id));
  if (!own) return null;
  return (
    <AnchoredMenu anchor={anchor} label={t`Move ${name}`} onClose={onClose} finalFocus={finalFocus}>
      <MenuGroup label={t`Move to`}>
        {columns
          .filter(({ id }) => id !== own.id)
          .map((column) => (
            <MenuItem
              key={column.id}
              disabledReason={refusal(column.id)}
              onClick={() => onMove({ columnId: column.id })}
            >
              {column.name}
            </MenuItem>
          ))}
      </MenuGroup>
      {isRanked && own.cards.length > 1 && (
        <>
          <MenuSeparator />
          <MenuGroup label={own.name}>
            {stepsWithin(own, card.id).map(({ step, place }) => (
              <MenuItem key={step} onClick={() => onMove({ columnId: own.id, ...place })}>
                {nameOfStep(step)}
              </MenuItem>
            ))}
          </MenuGroup>
        </>
      )}
    </AnchoredMenu>
  );

  function nameOfStep(step: Step): string {
    switch (step) {
      case "top":
        return t`To the top`;
      case "up":
        return t`Up`;
      case "down":
        return t`Down`;
    }
  }
}

type Step = "top" | "up" | "down";

/** Where a card can go in its column from where it is. */
function stepsWithin({ cards }: Column, cardId: string): { step: Step; place: Omit<Place, "columnId"> }[] {
  const index = cards.findIndex(({ id }) => id === cardId);
  const [first, above, below] = [cards[0], cards[index - 1], cards[index + 1]];
  return [
    ...(first && above ? [{ step: "top" as const, place: { beforeId: first.id } }] : []),
    ...(above ? [{ step: "up" as const, place: { beforeId: above.id } }] : []),
    ...(below ? [{ step: "down" as const, place: { afterId: below.id } }] : []),
  ];
}

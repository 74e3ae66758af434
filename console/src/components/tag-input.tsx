import { Combobox } from "@base-ui/react/combobox";
import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { X } from "lucide-react";
import { useState } from "react";
import { useTags } from "@/api/tags";
import { useDebounce } from "@/lib/use-debounce";
import type { Control } from "./ui/field";
import { controlClass } from "./ui/input";
import { itemClass, popupClass } from "./ui/list-box";

type Props = Partial<Control> & {
  resource: "lead" | "customer";
  value: string[];
  onValueChange: (tags: string[]) => void;
  "aria-label"?: string;
};

const isSame = (one: string, other: string) =>
  one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;

/** Labels of a record: those in use are suggested, and new ones are made by typing. */
export function TagInput({ resource, value, onValueChange, ...control }: Props) {
  const { t } = useLingui();
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const { tags } = useTags(resource, useDebounce(text));
  const isNew = text !== "" && ![...tags, ...value].some((tag) => isSame(tag, text));
  const items = [...tags, ...(isNew ? [text] : [])];
  return (
    <Combobox.Root
      multiple
      items={items}
      filter={null}
      value={value}
      onValueChange={(next) => {
        onValueChange(next);
        setTyped("");
      }}
      inputValue={typed}
      onInputValueChange={setTyped}
      autoHighlight
    >
      <Combobox.InputGroup className={clsx(controlClass, "flex min-h-8 flex-wrap items-center gap-1 ps-1")}>
        <Combobox.Chips className="contents">
          {value.map((tag) => (
            <Combobox.Chip
              key={tag}
              aria-label={tag}
              className="inline-flex items-center rounded-sm bg-neutral-soft ps-1.5 text-neutral-on-soft text-xs leading-5"
            >
              {tag}
              <Combobox.ChipRemove
                aria-label={t`Remove ${tag}`}
                className="-my-0.5 grid size-6 place-items-center"
              >
                <X size={12} aria-hidden />
              </Combobox.ChipRemove>
            </Combobox.Chip>
          ))}
          <Combobox.Input
            {...control}
            maxLength={30}
            className="h-6 min-w-12 flex-1 bg-transparent px-1.5 outline-none"
          />
        </Combobox.Chips>
      </Combobox.InputGroup>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} className="z-50 outline-none">
          <Combobox.Popup
            className={clsx(popupClass, "w-(--anchor-width) p-1", items.length === 0 && "hidden")}
          >
            <Combobox.List>
              {(tag: string) => (
                <Combobox.Item key={tag} value={tag} className={itemClass}>
                  {isNew && tag === text ? t`Add “${tag}”` : tag}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

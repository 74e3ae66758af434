import { Combobox as Base } from "@base-ui/react/combobox";
import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { Check, ChevronsUpDown, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Control } from "./field";
import { controlClass } from "./input";
import { itemClass, popupClass } from "./list-box";

type Item = { id: string; name: string };

type Props<T extends Item> = Partial<Control> & {
  items: readonly T[];
  value: T | null;
  onValueChange: (value: T | null) => void;
  /** When the server searches: it is told what is typed, and `items` are what it found. */
  onSearch?: (text: string) => void;
  renderItem?: (item: T) => ReactNode;
  placeholder?: string;
  isLoading?: boolean;
  /** Says why there is nothing to choose from. */
  emptyText?: string | undefined;
  disabled?: boolean;
  /** Whether nothing may be chosen. */
  isClearable?: boolean;
  "aria-label"?: string;
};

/** Chooses one of many by typing. */
export function Combobox<T extends Item>({
  items,
  value,
  onValueChange,
  onSearch,
  renderItem = ({ name }) => name,
  placeholder,
  isLoading,
  emptyText,
  disabled,
  isClearable = true,
  ...control
}: Props<T>) {
  const { t } = useLingui();
  return (
    <Base.Root<T>
      items={items}
      value={value}
      onValueChange={onValueChange}
      onInputValueChange={(text, { reason }) => onSearch?.(reason === "input-change" ? text : "")}
      itemToStringLabel={({ name }) => name}
      isItemEqualToValue={(item, other) => item.id === other.id}
      filter={onSearch ? null : undefined}
      disabled={disabled}
      autoHighlight
    >
      <Base.InputGroup className="relative">
        <Base.Input {...control} placeholder={placeholder} className={clsx(controlClass, "h-8 pe-14")} />
        <div className="absolute inset-y-0 end-1 flex items-center text-text-muted">
          {isClearable && (
            <Base.Clear aria-label={t`Clear`} className="grid size-6 place-items-center rounded-sm">
              <X size={14} aria-hidden />
            </Base.Clear>
          )}
          <Base.Trigger aria-label={t`Show choices`} className="grid size-6 place-items-center rounded-sm">
            <ChevronsUpDown size={14} aria-hidden />
          </Base.Trigger>
        </div>
      </Base.InputGroup>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-50 outline-none">
          <Base.Popup className={clsx(popupClass, "w-(--anchor-width) p-1")}>
            <Base.Empty>
              <div className="px-2 py-1.5 text-text-muted">
                {emptyText ?? (isLoading ? t`Searching…` : t`Nothing found`)}
              </div>
            </Base.Empty>
            <Base.List>
              {(item: T) => (
                <Base.Item key={item.id} value={item} className={itemClass}>
                  <span className="min-w-0 grow truncate">{renderItem(item)}</span>
                  <Base.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

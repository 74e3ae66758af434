import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { Search } from "lucide-react";
import { useState } from "react";
import type { Command, NavigationEntry } from "@/lib/feature";
import { backdropClass, dialogClass } from "../ui/dialog";
import { Kbd } from "../ui/kbd";
import { itemClass } from "../ui/list-box";
import { type PaletteEntry, usePaletteGroups } from "./use-palette-groups";

type Props = {
  navigation: NavigationEntry[];
  commands: Command[];
  onClose: () => void;
  onGo: (to: string) => void;
};

type Group = ReturnType<typeof usePaletteGroups>["groups"][number];

/** Finds records, places and commands by typing. */
export default function CommandPalette({ navigation, commands, onClose, onGo }: Props) {
  const { t } = useLingui();
  const [query, setQuery] = useState("");
  const { groups, isSearching } = usePaletteGroups(query, navigation, commands);
  const go = (entry: PaletteEntry) => {
    onClose();
    onGo(entry.to);
  };
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Backdrop className={backdropClass} />
        <Dialog.Popup aria-label={t`Search and commands`} className={clsx(dialogClass, "max-w-xl")}>
          <Autocomplete.Root
            open
            inline
            items={groups}
            filter={null}
            value={query}
            onValueChange={setQuery}
            itemToStringValue={(entry: PaletteEntry) => entry.name}
            autoHighlight="always"
            keepHighlight
          >
            <div className="flex items-center gap-2 border-b px-4">
              <Search size={16} aria-hidden className="text-text-muted" />
              <Autocomplete.Input
                aria-label={t`Search and commands`}
                placeholder={t`Search or go to…`}
                className="h-12 grow bg-transparent outline-none"
              />
              <Dialog.Close className="sr-only">{t`Close`}</Dialog.Close>
            </div>
            <Autocomplete.Status className={groups.length > 0 ? "sr-only" : "p-4 text-text-muted"}>
              {isSearching ? t`Searching…` : groups.length === 0 ? t`Nothing found` : ""}
            </Autocomplete.Status>
            <Autocomplete.List className="max-h-96 overflow-y-auto p-2 data-empty:p-0">
              {(group: Group) => (
                <Autocomplete.Group key={group.value} items={group.items}>
                  <Autocomplete.GroupLabel className="px-2 py-1 text-text-muted text-xs">
                    {group.value}
                  </Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(entry: PaletteEntry) => (
                      <Autocomplete.Item
                        key={entry.to}
                        value={entry}
                        onClick={() => go(entry)}
                        className={clsx(itemClass, "min-h-8")}
                      >
                        <entry.icon size={16} aria-hidden className="shrink-0 text-text-muted" />
                        <span className="truncate">{entry.name}</span>
                        <span className="grow truncate text-text-muted">{entry.context}</span>
                        {entry.keys && <Kbd keys={entry.keys} />}
                      </Autocomplete.Item>
                    )}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

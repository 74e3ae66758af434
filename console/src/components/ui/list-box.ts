/** How the lists of menus, selects and comboboxes look. */
export const popupClass =
  "z-50 max-w-[min(24rem,var(--available-width))] max-h-(--available-height) overflow-y-auto rounded-lg border border-line bg-raised shadow-overlay outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0";

export const itemClass =
  "flex min-h-7 cursor-default select-none items-center gap-2 rounded-sm px-2 py-1 outline-none data-disabled:opacity-60 data-highlighted:bg-selected";

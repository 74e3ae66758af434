import type { MessageDescriptor } from "@lingui/core";
import { useEffect, useEffectEvent } from "react";
import { create } from "zustand";
import { usePreferences } from "@/stores/preferences";

type Hotkey = {
  /** A key (`c`), keys one after the other (`g l`), or one with Ctrl or Cmd (`mod+k`). */
  keys: string;
  label: MessageDescriptor;
};

type Registered = Hotkey & { run: () => void };

/** The shortcuts of what is on the screen now; the newest wins, and the dialog behind `?` lists them. */
export const useActiveHotkeys = create<{ hotkeys: Registered[] }>(() => ({ hotkeys: [] }));

/** Makes a shortcut work while the component is there. Never fires while somebody types or a dialog is open. */
export function useHotkey(keys: string, label: MessageDescriptor, run: () => void, enabled = true): void {
  const latest = useEffectEvent(run);
  useEffect(() => {
    if (!enabled) return;
    const registered = { keys, label, run: () => latest() };
    useActiveHotkeys.setState(({ hotkeys }) => ({ hotkeys: [...hotkeys, registered] }));
    return () =>
      useActiveHotkeys.setState(({ hotkeys }) => ({
        hotkeys: hotkeys.filter((other) => other !== registered),
      }));
  }, [keys, label, enabled]);
}

/** What opens over a screen and takes the keys; what is closing has given them back, and a toast takes none. */
const overlays = ["dialog", "alertdialog", "menu", "listbox"]
  .map((role) => `[role=${role}]:not([data-closed], [aria-modal=false])`)
  .join();

/** How long the second key of two may take. */
const pause = 1000;
let pending = "";
let lastKeyAt = 0;

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const withModifier = event.ctrlKey || event.metaKey;
  if (!withModifier && (!usePreferences.getState().singleKeyShortcuts || isTyping(event.target))) return;
  if (document.querySelector(overlays)) return;

  const key = withModifier ? `mod+${event.key.toLowerCase()}` : event.key;
  const sequence = event.timeStamp - lastKeyAt < pause && pending ? `${pending} ${key}` : key;
  const { hotkeys } = useActiveHotkeys.getState();
  const hotkey =
    hotkeys.findLast(({ keys }) => keys === sequence) ?? hotkeys.findLast(({ keys }) => keys === key);
  pending = hotkey ? "" : key;
  lastKeyAt = event.timeStamp;
  if (!hotkey) return;
  event.preventDefault();
  hotkey.run();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}

document.addEventListener("keydown", onKeyDown);

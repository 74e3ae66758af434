const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);
const names: Record<string, string> = { mod: apple ? "⌘" : "Ctrl", Enter: "↵", Escape: "Esc" };

/** Keys as `useHotkey` takes them: `g l`, `mod+k`. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-1">
      {keys.split(/[ +]/).map((key) => (
        <kbd
          key={key}
          className="inline-grid min-w-5 place-items-center rounded-sm border border-line bg-canvas px-1 font-sans text-text-muted text-xs leading-4.5"
        >
          {names[key] ?? key.toUpperCase()}
        </kbd>
      ))}
    </span>
  );
}

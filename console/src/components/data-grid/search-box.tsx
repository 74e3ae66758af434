import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useHotkey } from "@/lib/hotkeys";
import { type ListState, setParameter } from "@/lib/list-state";
import { useDebounce } from "@/lib/use-debounce";
import { Input } from "../ui/input";

const focusSearch = msg`Search in the list`;

/** Narrows a list to what has these words, once they rest. */
export function SearchBox({ list: { parameters, change } }: { list: ListState<unknown, string> }) {
  const { t } = useLingui();
  const box = useRef<HTMLInputElement>(null);
  const current = parameters.get("search") ?? "";
  const [text, setText] = useState(current);
  const rested = useDebounce(text.trim());

  useHotkey("/", focusSearch, () => box.current?.focus());
  // Back, a saved view or Clear may change the search too.
  useEffect(() => setText(current), [current]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed is written, and once it rests
  useEffect(() => {
    if (rested === text.trim() && rested !== current) change((next) => setParameter(next, "search", rested));
  }, [rested]);

  return (
    <div className="relative w-full sm:w-60">
      <Search size={16} aria-hidden className="absolute start-2.5 top-2 text-text-muted" />
      <Input
        ref={box}
        type="search"
        aria-label={t`Search in the list`}
        placeholder={t`Search`}
        value={text}
        maxLength={100}
        onChange={(event) => setText(event.target.value)}
        className="ps-8"
      />
    </div>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useMayRecord } from "@/api/me";
import { FormError } from "@/components/form-error";
import { describeProblem } from "@/components/problem";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { MentionPicker } from "./mention-picker";
import { type Mentioned, withMentions } from "./mentions";
import { useAddNote } from "./use-notes";

/** Writes a note on a customer. `@` names somebody, who is told of it. */
export function NoteForm({ customerId }: { customerId: string }) {
  const { t } = useLingui();
  const hintId = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [mentioned, setMentioned] = useState<Mentioned[]>([]);
  const [isPicking, setPicking] = useState(false);
  const add = useAddNote(customerId);
  const mayUpdate = useMayRecord("customer", "update", customerId);
  if (!mayUpdate) return null;

  const save = () => {
    if (text.trim() === "" || add.isPending) return;
    add.mutate(withMentions(text.trim(), mentioned), {
      onSuccess: () => {
        setText("");
        setMentioned([]);
        box.current?.focus();
      },
    });
  };
  const mention = (user: Mentioned | null) => {
    setPicking(false);
    const at = box.current?.selectionStart ?? text.length;
    if (user) {
      const before = text.slice(0, at).replace(/@$/, "");
      setText(`${before}@${user.name} ${text.slice(at)}`);
      setMentioned((others) => [...others, user]);
    }
    requestAnimationFrame(() => box.current?.focus());
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    save();
  };

  return (
    <form
      className="mb-4 flex flex-col gap-2 border-b pb-4"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {add.error && <FormError>{describeProblem(add.error).title}</FormError>}
      <Textarea
        ref={box}
        rows={2}
        aria-label={t`Note`}
        aria-describedby={hintId}
        placeholder={t`Write a note`}
        value={text}
        maxLength={10_000}
        onChange={({ currentTarget: { value, selectionStart } }) => {
          setText(value);
          const typed = value.slice(0, selectionStart);
          if (value.length > text.length && /(^|\s)@$/.test(typed)) setPicking(true);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="flex flex-wrap items-center gap-2">
        <p id={hintId} className="grow text-sm text-text-muted">
          <Trans>Ctrl+Enter saves it.</Trans>
        </p>
        <MentionPicker open={isPicking} onOpenChange={setPicking} onPick={mention} />
        <Button type="submit" pending={add.isPending} aria-disabled={text.trim() === ""}>
          <Trans>Add note</Trans>
        </Button>
      </div>
    </form>
  );
}

import { useLingui } from "@lingui/react/macro";
import { Lock, Pencil } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { Input } from "./ui/input";
import { Textarea } from "./ui/textarea";
import { Tooltip } from "./ui/tooltip";

export type InlineType = "text" | "email" | "tel" | "url" | "date" | "decimal";

type Props = {
  label: string;
  value: string;
  /** How the value is shown when it is not being edited. */
  children?: ReactNode;
  type?: InlineType;
  isMultiline?: boolean;
  /** Why it may not be changed. */
  disabledReason?: string | false | null | undefined;
  /** Why the last change was refused. */
  error?: string | null | undefined;
  onSave: (value: string) => void;
};

/**
 * A field that is edited where it stands: Enter or a double click opens it, Enter saves, Escape leaves it. In one of
 * several lines Enter begins another line, and Ctrl+Enter saves.
 */
export function InlineEdit({
  label,
  value,
  children,
  type,
  isMultiline,
  disabledReason,
  error,
  onSave,
}: Props) {
  const { t } = useLingui();
  const id = useId();
  const [isEditing, setEditing] = useState(false);
  const isCancelled = useRef(false);
  /** Saves onto what was there when the editing began: what others changed since must not go unnoticed. */
  const save = useRef(onSave);
  const shown = children ?? value;

  const close = (next: string) => {
    setEditing(false);
    if (!isCancelled.current && next.trim() !== value) save.current(next.trim());
    isCancelled.current = false;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
    const saves = event.key === "Enter" && (!isMultiline || event.ctrlKey || event.metaKey);
    if (event.key === "Escape") isCancelled.current = true;
    if (!saves && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    // Leaving the field saves it, and gives the focus back to the button that opens it.
    close(event.currentTarget.value);
    requestAnimationFrame(() => document.getElementById(id)?.focus());
  };
  const editor = {
    id,
    defaultValue: value,
    autoFocus: true,
    "aria-label": label,
    onKeyDown,
    onBlur: (event: { currentTarget: { value: string } }) => isEditing && close(event.currentTarget.value),
  };

  return (
    <div className="min-w-0">
      {isEditing ? (
        isMultiline ? (
          <Textarea {...editor} />
        ) : (
          <Input {...editor} {...(type === "decimal" ? { inputMode: "decimal" } : { type })} />
        )
      ) : disabledReason ? (
        <Tooltip text={disabledReason}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason is shown on focus too */}
          <span tabIndex={0} className="inline-flex min-h-8 max-w-full items-center gap-1.5">
            <span className="truncate">{shown || "–"}</span>
            <Lock size={12} aria-label={t`Read-only`} className="shrink-0 text-text-muted" />
          </span>
        </Tooltip>
      ) : (
        <button
          id={id}
          type="button"
          aria-label={t`Edit ${label}`}
          onClick={() => {
            save.current = onSave;
            setEditing(true);
          }}
          className="group -mx-1.5 flex min-h-8 w-full items-center gap-1.5 rounded-md px-1.5 text-start hover:bg-hover"
        >
          <span className="min-w-0 grow whitespace-pre-line break-words">{shown || "–"}</span>
          <Pencil
            size={12}
            aria-hidden
            className="shrink-0 text-text-muted opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
          />
        </button>
      )}
      {error && (
        <p role="alert" className="text-danger-text text-sm">
          {error}
        </p>
      )}
    </div>
  );
}

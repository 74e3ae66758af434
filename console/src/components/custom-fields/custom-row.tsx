import { useLingui } from "@lingui/react/macro";
import { Check, Lock, Pencil, X } from "lucide-react";
import { type KeyboardEvent, type SubmitEvent, useId, useState } from "react";
import type { CustomField } from "@/api/custom-fields";
import { amountProblem } from "@/lib/amount";
import { IconButton } from "../ui/icon-button";
import { Tooltip } from "../ui/tooltip";
import { CustomInput } from "./custom-input";
import { CustomValue, type Value } from "./custom-value";
import { type Draft, draftOf, readDraft } from "./draft";

type Props = {
  field: CustomField;
  value: Value | undefined;
  disabledReason: string | false;
  /** Why the last change was refused. */
  error: string | null;
  onSave: (value: Value | null) => void;
};

/** A value that is edited where it stands: Enter or the check saves it, Escape or the cross leaves it. */
export function CustomRow({ field, value, disabledReason, error, onSave }: Props) {
  const { t } = useLingui();
  const id = useId();
  const [draft, setDraft] = useState<Draft | undefined>(undefined);
  const [isWrong, setWrong] = useState(false);

  const close = () => {
    setDraft(undefined);
    setWrong(false);
    requestAnimationFrame(() => document.getElementById(id)?.focus());
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const next = readDraft(field, draft);
    setWrong(next === undefined);
    if (next === undefined) return;
    close();
    if (JSON.stringify(next) !== JSON.stringify(value ?? null)) onSave(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    close();
  };
  const shown = value === undefined ? "–" : <CustomValue field={field} value={value} />;
  const message = isWrong ? (field.type === "money" ? amountProblem() : t`This is not a number`) : error;

  return (
    <div className="min-w-0">
      {draft !== undefined ? (
        <form noValidate onSubmit={submit} onKeyDown={onKeyDown} className="flex items-start gap-1">
          <div className="min-w-0 grow">
            <CustomInput aria-label={field.label} field={field} value={draft} onValueChange={setDraft} />
          </div>
          <IconButton size="smallIcon" type="submit" label={t`Save`} icon={<Check size={14} aria-hidden />} />
          <IconButton size="smallIcon" label={t`Cancel`} icon={<X size={14} aria-hidden />} onClick={close} />
        </form>
      ) : disabledReason ? (
        <Tooltip text={disabledReason}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason is shown on focus too */}
          <span tabIndex={0} className="inline-flex min-h-8 max-w-full flex-wrap items-center gap-1.5">
            {shown}
            <Lock size={12} aria-label={t`Read-only`} className="shrink-0 text-text-muted" />
          </span>
        </Tooltip>
      ) : (
        <div className="group -mx-1.5 flex min-h-8 items-center gap-1.5 rounded-md px-1.5 hover:bg-hover">
          <span className="flex min-w-0 grow flex-wrap gap-1 break-words">{shown}</span>
          <IconButton
            id={id}
            size="smallIcon"
            className="opacity-0 focus-visible:opacity-100 group-hover:opacity-100 max-sm:opacity-100"
            label={t`Edit ${field.label}`}
            icon={<Pencil size={12} aria-hidden />}
            onClick={() => setDraft(draftOf(field, value))}
          />
        </div>
      )}
      {message && (
        <p role="alert" className="text-danger-text text-sm">
          {message}
        </p>
      )}
    </div>
  );
}

import type { ReactNode } from "react";
import { ConflictDialog } from "./conflict-dialog";
import { FieldRow } from "./field-list";
import { InlineEdit, type InlineType } from "./inline-edit";
import { useFieldSaving } from "./use-field-saving";

type Texts<Name extends string> = { [K in Name]: string | null };

export type TextField<Name extends string, Subject> = {
  field: Name;
  type: InlineType;
  /** How it is shown when it is not being edited; else as it is written. */
  show?: (subject: Subject) => ReactNode;
  /** What is wrong with what was written, where that is known without asking the server. */
  check?: (value: string, subject: Subject) => string | null;
};

type Props<Name extends string, Subject extends Texts<Name>> = {
  subject: Subject;
  fields: readonly TextField<Name, Subject>[];
  labels: Readonly<{ [K in Name]: string }>;
  /** Why none of them may be changed. */
  disabledReason: string | false;
  /** Rejects when the server refuses it. */
  onSave: (subject: Subject, field: Name, value: string) => Promise<unknown>;
  /** Gets the record as it is by now. */
  reload: () => Promise<Subject>;
};

/** Texts of a record, each editable where it stands. What is refused is told there, and a conflict shows both values. */
export function TextFields<Name extends string, Subject extends Texts<Name>>({
  subject,
  fields,
  labels,
  disabledReason,
  onSave,
  reload,
}: Props<Name, Subject>) {
  const textOf = (of: Subject, field: Name) => of[field] ?? "";
  const { save, refuse, refusal, conflict } = useFieldSaving<Name, Subject>({ textOf, onSave, reload });
  return (
    <>
      {fields.map(({ field, type, show, check }) => (
        <FieldRow key={field} label={labels[field]}>
          <InlineEdit
            label={labels[field]}
            value={textOf(subject, field)}
            type={type}
            disabledReason={disabledReason}
            error={refusal?.field === field ? refusal.message : null}
            onSave={(value) => {
              const message = check?.(value, subject) ?? null;
              if (message) refuse({ subject, field, value, message });
              else save(subject, field, value);
            }}
          >
            {show?.(subject)}
          </InlineEdit>
        </FieldRow>
      ))}
      {conflict && (
        <ConflictDialog
          conflict={{
            label: labels[conflict.field],
            mine: conflict.mine,
            theirs: textOf(conflict.theirs, conflict.field),
          }}
          onTakeTheirs={conflict.takeTheirs}
          onKeepMine={conflict.keepMine}
        />
      )}
    </>
  );
}

import { useState } from "react";
import { type CustomFieldResource, useCustomFields } from "@/api/custom-fields";
import { ApiError, hasCode } from "@/api/errors";
import { ConflictDialog } from "../conflict-dialog";
import { FieldRow } from "../field-list";
import { describeProblem } from "../problem";
import { CustomRow } from "./custom-row";
import { customText } from "./custom-text";
import type { Value, Values } from "./custom-value";

type Subject = { custom: Values };

type Props<S extends Subject> = {
  resource: CustomFieldResource;
  subject: S;
  /** Why none of them may be changed. */
  disabledReason: string | false;
  /** Rejects when the server refuses it. */
  onSave: (subject: S, key: string, value: Value | null) => Promise<unknown>;
  /** Gets the record as it is by now. */
  reload: () => Promise<S>;
};

/** What a record holds in its custom fields, each editable where it stands. */
export function CustomRows<S extends Subject>({
  resource,
  subject,
  disabledReason,
  onSave,
  reload,
}: Props<S>) {
  const fields = useCustomFields(resource);
  const [refusal, setRefusal] = useState<{ key: string; message: string } | null>(null);
  const [conflict, setConflict] = useState<{ key: string; mine: Value | null; theirs: S } | null>(null);
  const contested = fields.find(({ key }) => key === conflict?.key);

  const save = async (current: S, key: string, value: Value | null) => {
    setRefusal(null);
    try {
      await onSave(current, key, value);
    } catch (error) {
      if (hasCode(error, "stale")) setConflict({ key, mine: value, theirs: await reload() });
      else {
        const pointed = error instanceof ApiError ? error.fields[0]?.message : undefined;
        setRefusal({ key, message: pointed ?? describeProblem(error).title });
      }
    }
  };

  return (
    <>
      {fields.map((field) => (
        <FieldRow key={field.id} label={field.label}>
          <CustomRow
            field={field}
            value={subject.custom[field.key]}
            disabledReason={disabledReason}
            error={refusal?.key === field.key ? refusal.message : null}
            onSave={(value) => save(subject, field.key, value)}
          />
        </FieldRow>
      ))}
      {conflict && contested && (
        <ConflictDialog
          conflict={{
            label: contested.label,
            mine: customText(contested, conflict.mine),
            theirs: customText(contested, conflict.theirs.custom[conflict.key]),
          }}
          onTakeTheirs={() => setConflict(null)}
          onKeepMine={() => {
            setConflict(null);
            save(conflict.theirs, conflict.key, conflict.mine);
          }}
        />
      )}
    </>
  );
}

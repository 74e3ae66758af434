import { useState } from "react";
import { ApiError, hasCode } from "@/api/errors";
import { describeProblem } from "./problem";

type Saving<Field extends string, Subject> = {
  textOf: (subject: Subject, field: Field) => string;
  /** Rejects when the server refuses it. */
  onSave: (subject: Subject, field: Field, value: string) => Promise<unknown>;
  /** Gets the record as it is by now. */
  reload: (subject: Subject) => Promise<Subject>;
};

/** What the server refused, and why. */
type Refusal<Field, Subject> = { subject: Subject; field: Field; value: string; message: string };
type Conflict<Field, Subject> = { field: Field; mine: string; theirs: Subject };

/** Saves texts of records one by one. Keeps why one was refused, and of one that somebody else changed both values. */
export function useFieldSaving<Field extends string, Subject>(saving: Saving<Field, Subject>) {
  const { textOf, onSave, reload } = saving;
  const [refusal, setRefusal] = useState<Refusal<Field, Subject> | null>(null);
  const [conflict, setConflict] = useState<Conflict<Field, Subject> | null>(null);

  const save = async (subject: Subject, field: Field, value: string) => {
    setRefusal(null);
    try {
      await onSave(subject, field, value);
    } catch (error) {
      if (hasCode(error, "stale")) return settle(subject, field, value);
      const pointed = error instanceof ApiError ? error.fields[0]?.message : undefined;
      setRefusal({ subject, field, value, message: pointed ?? describeProblem(error).title });
    }
  };
  /** Somebody was faster. If they changed something else, nothing is lost. */
  const settle = async (before: Subject, field: Field, mine: string) => {
    const theirs = await reload(before);
    if (textOf(theirs, field) === textOf(before, field)) await save(theirs, field, mine);
    else if (textOf(theirs, field) !== mine) setConflict({ field, mine, theirs });
  };

  return {
    save,
    refuse: setRefusal,
    refusal,
    conflict: conflict && {
      ...conflict,
      takeTheirs: () => setConflict(null),
      keepMine: () => {
        setConflict(null);
        save(conflict.theirs, conflict.field, conflict.mine);
      },
    },
  };
}

/** A text that is emptied is cleared; a name cannot be, which the server says. */
export const textChange = (field: string, value: string) => ({
  [field]: value === "" && field !== "name" ? null : value,
});

import type { ReactNode } from "react";
import type { Candidate } from "../duplicates/match-reason";

export type Mergeable = { id: string; name: string; version: number };

/** A value of a record: as people see it, and as the server takes it. */
type FieldValue = { text: string; value: string };

export type MergeField<Subject, Name extends string> = {
  name: Name;
  label: string;
  read: (subject: Subject) => FieldValue | null;
};

export type Overrides<Name extends string> = { [N in Name]?: string };

type Merge<Name extends string> = { sources: string[]; overrides: Overrides<Name>; dryRun?: boolean };

/** How records of one kind are made one. */
export type MergeKind<Subject extends Mergeable, Name extends string> = {
  type: "lead" | "customer";
  /** In which records may not agree. */
  fields: readonly MergeField<Subject, Name>[];
  /** Those that may be the same as the one that stays. */
  candidates: readonly Candidate[];
  load: (id: string) => Promise<Subject>;
  /** Answers what the record is, or would be, afterwards. */
  send: (subject: Subject, merge: Merge<Name>, signal?: AbortSignal) => Promise<Subject>;
  onMerged: (subject: Subject) => void;
  /** What of a record is shown before it is merged. */
  rowsOf: (subject: Subject) => { label: string; value: ReactNode }[];
  texts: {
    /** The others may be added by hand. */
    add: string;
    agree: string;
    willBe: string;
    action: (count: number) => string;
  };
};

/** Which record a field is taken from, where it is not the one that would give it anyway. */
export type Choices<Name extends string> = { [N in Name]?: string };

/** The record that gives a field by itself: the target, or else the first of the others that has it. */
export function giverOf<Subject, Name extends string>(
  subjects: readonly Subject[],
  { read }: MergeField<Subject, Name>,
): Subject | undefined {
  return subjects.find((subject) => read(subject) !== null);
}

/** Whether the records do not agree on a field, so that there is something to choose. */
export function isContested<Subject, Name extends string>(
  subjects: readonly Subject[],
  { read }: MergeField<Subject, Name>,
): boolean {
  return new Set(subjects.flatMap((subject) => read(subject)?.value ?? [])).size > 1;
}

/** What the server is told to do otherwise than by itself. */
export function overridesOf<Subject extends Mergeable, Name extends string>(
  subjects: readonly Subject[],
  fields: readonly MergeField<Subject, Name>[],
  choices: Choices<Name>,
): Overrides<Name> {
  const overrides: Overrides<Name> = {};
  for (const field of fields) {
    const chosen = subjects.find(({ id }) => id === choices[field.name]);
    const value = chosen && field.read(chosen)?.value;
    if (value && chosen !== giverOf(subjects, field)) overrides[field.name] = value;
  }
  return overrides;
}

import { msg } from "@lingui/core/macro";
import type { CustomField } from "@/api/custom-fields";
import type { components } from "@/api/schema";
import type { Label } from "@/lib/label";

export type Import = components["schemas"]["Import"];
export type ImportKind = components["schemas"]["ImportKind"];
export type ImportColumn = components["schemas"]["ImportColumn"];
export type ImportMode = components["schemas"]["ImportMode"];
export type ImportMatch = components["schemas"]["ImportMatch"];
export type ImportDuplicates = components["schemas"]["ImportDuplicates"];

type ImportField = { name: string; label: Label; also: readonly string[]; only?: ImportKind };

/** What columns can hold, and what files call it besides. */
const fields: readonly ImportField[] = [
  {
    name: "name",
    label: msg`Name`,
    also: ["fullname", "contact", "contactname", "leadname", "customername", "kontakt"],
  },
  { name: "emailId", label: msg`Email`, also: ["email", "mail", "emailaddress", "emailadresse"] },
  {
    name: "phone",
    label: msg`Phone`,
    also: ["phonenumber", "telephone", "tel", "mobile", "mobilephone", "telefon"],
  },
  {
    name: "company",
    label: msg`Company`,
    also: ["companyname", "organization", "organisation", "account", "firm", "firma"],
  },
  { name: "status", label: msg`Status`, also: ["stage", "leadstatus"], only: "lead" },
  { name: "source", label: msg`Source`, also: ["leadsource", "origin", "quelle"], only: "lead" },
  { name: "assignedAgent", label: msg`Agent`, also: ["assignedto", "agent", "owner"], only: "lead" },
  { name: "owner", label: msg`Owner`, also: ["accountowner", "agent", "assignedto"], only: "customer" },
  { name: "tags", label: msg`Tags`, also: ["labels", "tag"] },
  { name: "id", label: msg`Id, to match by`, also: [] },
];

const normal = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

/** The fields of a kind of record, those that the workspace has given it behind the others. */
export const fieldsOf = (resource: ImportKind, custom: readonly CustomField[] = []): ImportField[] => [
  ...fields.filter(({ only = resource }) => only === resource),
  ...custom.map(({ key, label }) => ({
    name: `custom.${key}`,
    label,
    also: [normal(key), normal(label)],
  })),
];

/** Guesses by their names what columns hold. No two of them hold the same. */
export function guessMapping(known: readonly ImportField[], columns: readonly string[]): ImportColumn[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const wanted = normal(column);
    const field = known.find(
      ({ name, also }) => !taken.has(name) && (normal(name) === wanted || also.includes(wanted)),
    );
    if (field) taken.add(field.name);
    return { column, field: field?.name ?? null };
  });
}

/** The fields that more than one column is to hold, which cannot be. */
export function doubledFields(mapping: readonly ImportColumn[]): string[] {
  const used = mapping.flatMap(({ field }) => field ?? []);
  return [...new Set(used.filter((field, index) => used.indexOf(field) !== index))];
}

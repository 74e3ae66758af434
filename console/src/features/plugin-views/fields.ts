import type { ApiDocument, Schema } from "@/api/document";
import { resolve } from "./operation";

/** A member of a record, of an answer or of what is sent. */
export type ViewField = { name: string; label: string; schema: Schema; isRequired: boolean };

/** `expectedCloseDate` is "Expected close date", and `customerId` "Customer". */
export function labelOf(name: string): string {
  const words = name
    .replace(/(?<=[a-z])Ids?$/, "")
    .replaceAll(/[-_]/g, " ")
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What says nothing to people. */
const technical = ["id", "version"];

/** The members that a view names, in its order; all that say something to people, when it names none. */
export function fieldsOf(document: ApiDocument, schema: Schema, names: readonly string[]): ViewField[] {
  const { properties = {}, required = [] } = schema;
  const shown =
    names.length > 0 ? names : Object.keys(properties).filter((name) => !technical.includes(name));
  return shown.flatMap((name) => {
    const member = properties[name];
    if (!member) return [];
    return {
      name,
      label: labelOf(name),
      schema: resolve(document, member),
      isRequired: required.includes(name),
    };
  });
}

const references: Record<string, string> = {
  lead: "lead",
  customer: "customer",
  task: "task",
  user: "user",
  owner: "user",
  assignedagent: "user",
  assignedto: "user",
  agent: "user",
  createdby: "user",
};

/** What kind of record an id leads to, as far as its name tells. */
export function referenceOf({ name, schema }: Pick<ViewField, "name" | "schema">): string | null {
  if (schema.format !== "uuid") return null;
  return references[name.replace(/Id$/, "").toLowerCase()] ?? null;
}

import type { ApiDocument, Schema } from "@/api/document";
import { instantAt, wallTimeAt } from "@/lib/format";
import type { AnyRecord } from "./call";
import { referenceOf, type ViewField } from "./fields";
import { resolve } from "./operation";

export type FormValue = string | boolean | string[];
export type FormValues = Record<string, FormValue>;

type Kind =
  | "boolean"
  | "choice"
  | "choices"
  | "number"
  | "date"
  | "instant"
  | "line"
  | "text"
  | "lines"
  | "user"
  | "record"
  | "json";

export type FormField = ViewField & { kind: Kind; choices: string[] };

const longest = 200;

/** By what control a value of this schema is asked for. */
function kindOf(field: ViewField, choices: unknown[] | undefined): Kind {
  const { type, format, maxLength = 0 } = field.schema;
  const reference = referenceOf(field);
  if (reference === "user") return "user";
  if (reference === "lead" || reference === "customer") return "record";
  if (type === "array") return choices ? "choices" : "lines";
  if (choices) return "choice";
  if (type === "boolean") return "boolean";
  if (type === "integer" || type === "number") return "number";
  if (type !== "string") return "json";
  if (format === "date") return "date";
  if (format === "date-time") return "instant";
  return maxLength > longest && !format ? "text" : "line";
}

export function formFieldsOf(document: ApiDocument, fields: readonly ViewField[]): FormField[] {
  return fields.map((field) => {
    const item: Schema = resolve(document, field.schema.items ?? {});
    const isText = field.schema.type !== "array" || item.type === "string";
    const choices = field.schema.enum ?? item.enum;
    return {
      ...field,
      kind: isText ? kindOf(field, choices) : "json",
      choices: (choices ?? []).map(String),
    };
  });
}

/** What the form begins with: what the record holds, or what the schema proposes. */
export function valuesOf(fields: readonly FormField[], record: AnyRecord): FormValues {
  return Object.fromEntries(
    fields.map(({ name, kind, schema }) => [name, beginOf(kind, record[name] ?? schema.default)]),
  );
}

function beginOf(kind: Kind, value: unknown): FormValue {
  if (kind === "boolean") return value === true;
  if (kind === "choices") return Array.isArray(value) ? value.map(String) : [];
  if (value === null || value === undefined) return "";
  if (kind === "lines") return Array.isArray(value) ? value.map(String).join("\n") : "";
  if (kind === "json") return JSON.stringify(value);
  return kind === "instant" ? wallTimeAt(String(value)) : String(value);
}

/** What is sent for a value of the form; `null` when there is none. */
function sentOf(kind: Kind, value: FormValue | undefined): unknown {
  if (typeof value !== "string") return value ?? null;
  const text = value.trim();
  if (kind === "lines") return text === "" ? [] : text.split(/\s*\n\s*/);
  if (text === "") return null;
  if (kind === "number") return Number(text);
  if (kind === "json") return JSON.parse(text);
  return kind === "instant" ? instantAt(text) : text;
}

export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** All that was filled in. */
export function newBody(fields: readonly FormField[], values: FormValues): AnyRecord {
  const members = fields.map(({ name, kind }) => [name, sentOf(kind, values[name])] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== null));
}

/** Only what was changed: the rest may be somebody else's to change. */
export function changedBody(fields: readonly FormField[], before: FormValues, after: FormValues): AnyRecord {
  const changed = fields.filter(({ name }) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map(({ name, kind }) => [name, sentOf(kind, after[name])]));
}

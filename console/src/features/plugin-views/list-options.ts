import type { ApiDocument, Schema } from "@/api/document";
import type { FilterField } from "@/components/filters/filter-field";
import { flag, text, texts } from "@/lib/list-state";
import { labelOf, referenceOf } from "./fields";
import { type Call, resolve } from "./operation";

/** Parameters that say which part of a list is wanted, not of what. */
const paging = ["page", "limit", "cursor", "count", "sort"];

type Reader = typeof text | typeof texts | typeof flag;

/** How a list can be narrowed and sorted, as its parameters say. */
export function listOptions(document: ApiDocument, { operation }: Call) {
  const parameters = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === "query")
    .map(({ name, schema }) => ({ name, schema: resolve(document, schema) }));
  const sort = parameters.find(({ name }) => name === "sort")?.schema;
  const orders = (sort?.enum ?? []).map(String);
  const first = String(sort?.default ?? orders[0] ?? "");
  const narrowing = parameters.filter(({ name }) => !paging.includes(name));
  const sorts: [string, ...string[]] = [first, ...orders.filter((order) => order !== first)];
  return {
    sorts,
    shape: Object.fromEntries(narrowing.map(({ name, schema }) => [name, readerOf(schema)])),
    filters: narrowing.flatMap(({ name, schema }) => filterOf(document, name, schema) ?? []),
    isSearchable: narrowing.some(({ name }) => name === "search"),
  };
}

function readerOf({ type }: Schema): Reader {
  if (type === "boolean") return flag;
  return type === "array" ? texts : text;
}

function filterOf(document: ApiDocument, name: string, schema: Schema): FilterField | null {
  const label = labelOf(name);
  const choices = schema.enum ?? resolve(document, schema.items ?? {}).enum;
  if (choices) {
    const options = choices.map((choice) => ({ value: String(choice), label: labelOf(String(choice)) }));
    return { kind: "options", name, label, options, isSingle: schema.type !== "array" };
  }
  if (schema.type === "boolean") {
    const options = [{ value: "true", label }];
    return { kind: "options", name, label, options, isSingle: true };
  }
  return referenceOf({ name, schema }) === "user" ? { kind: "user", name, label } : null;
}

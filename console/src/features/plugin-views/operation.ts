import type { ApiDocument, Operation, Schema } from "@/api/document";
import type { components } from "@/api/schema";

export type View = components["schemas"]["ConsoleView"];

/** An operation of the server with what is needed to call it. */
export type Call = { path: string; method: string; operation: Operation };

export function findCall(document: ApiDocument, id: string | null): Call | null {
  if (id === null) return null;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId === id) return { path, method, operation };
    }
  }
  return null;
}

/** A schema with what it refers to put in its place, as far as its first level; what is said beside a reference wins. */
export function resolve(document: ApiDocument, schema: Schema): Schema {
  const { $ref, anyOf: [one, nothing] = [], ...own } = schema;
  const parts = $ref ? [document.components.schemas[$ref.split("/").at(-1) ?? ""] ?? {}] : [];
  if (one && nothing?.nullable) parts.push(one, { nullable: true });
  return Object.assign({}, ...parts.map((part) => resolve(document, part)), own);
}

const json = "application/json";

export function answerSchema(document: ApiDocument, { operation }: Call): Schema {
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  const content = Object.entries(success?.[1].content ?? {}).find(([type]) => type.startsWith(json));
  return resolve(document, content?.[1].schema ?? {});
}

export function bodySchema(document: ApiDocument, { operation }: Call): Schema {
  return resolve(document, operation.requestBody?.content?.[json]?.schema ?? {});
}

/** What a list is made of: the member that holds its rows, the schema of a row, and the member that counts them. */
export function listShape(document: ApiDocument, call: Call) {
  const members = Object.entries(answerSchema(document, call).properties ?? {});
  const [rows, schema] = members.find(([, member]) => resolve(document, member).type === "array") ?? [];
  const [total] = members.find(([name]) => name.startsWith("total") && name !== "totalPages") ?? [];
  const item = schema && resolve(document, schema).items;
  return rows && item ? { rows, row: resolve(document, item), total: total ?? null } : null;
}

export const takes = ({ operation }: Call, name: string) =>
  operation.parameters?.some((parameter) => parameter.name === name) ?? false;

/** The name of the parameter in the path that says which record is meant. */
export const recordParameter = ({ path }: Call) => /\{(\w+)\}/.exec(path)?.[1] ?? "id";

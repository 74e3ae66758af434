import { authorizedFetch, once } from "@/api/client";
import { ApiError } from "@/api/errors";
import { rememberRequest } from "@/api/own-requests";
import { type Call, recordParameter, takes } from "./operation";

export type AnyRecord = { [member: string]: unknown };

type Input = {
  id?: string;
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  body?: AnyRecord;
  /** The version that the user sees. */
  version?: unknown;
  signal?: AbortSignal;
};

/** Calls an operation that this program was built without knowledge of. */
export async function send(call: Call, input: Input): Promise<AnyRecord> {
  const { id, query = {}, body, version, signal } = input;
  const path = call.path.replace(`{${recordParameter(call)}}`, encodeURIComponent(id ?? ""));
  const url = new URL(path, window.location.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const part of [value ?? []].flat()) url.searchParams.append(name, String(part));
  }
  const request = new Request(url, {
    method: call.method.toUpperCase(),
    headers: {
      ...(body && { "Content-Type": "application/json" }),
      ...(takes(call, "Idempotency-Key") && once()),
      ...(takes(call, "If-Match") && typeof version === "number" && { "If-Match": `"${version}"` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const response = await authorizedFetch(request);
  if (call.method !== "get") rememberRequest(response);
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response, answer);
  return isRecord(answer) ? answer : {};
}

export const isRecord = (value: unknown): value is AnyRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

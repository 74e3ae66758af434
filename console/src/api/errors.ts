import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];
type FieldError = components["schemas"]["FieldError"];
export type ProblemCode = components["schemas"]["ProblemCode"];

/** An answer that says why a request was not carried out. */
export class ApiError extends Error {
  readonly status: number;
  /** `null` when something between us and the server answered, in a form of its own. */
  readonly code: ProblemCode | null;
  readonly fields: FieldError[];
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  /** The whole answer: some codes bring members of their own. */
  readonly body: unknown;

  constructor(response: Response, body: unknown) {
    const problem = isProblem(body) ? body : null;
    super(problem?.detail ?? `The server answered ${response.status}`);
    this.name = "ApiError";
    this.status = response.status;
    this.code = problem?.code ?? null;
    this.fields = problem?.errors ?? [];
    this.requestId = problem?.request_id ?? response.headers.get("X-Request-Id");
    this.retryAfter = problem?.retry_after ?? null;
    this.body = body;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body && "errors" in body;
}

export function hasCode(error: unknown, ...codes: ProblemCode[]): error is ApiError {
  return error instanceof ApiError && error.code !== null && codes.includes(error.code);
}

/** The name of the form's field that an error points to: `#/emailId` is `emailId`, `#/items/0/name` is `items.0.name`. */
export function fieldName({ pointer, parameter }: FieldError): string {
  return pointer ? pointer.replace(/^#\//, "").replaceAll("/", ".") : (parameter ?? "");
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** What the server answered; throws when it refused. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok || data === undefined) throw new ApiError(response, error);
  return data;
}

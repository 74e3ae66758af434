import { plural, t } from "@lingui/core/macro";
import { ApiError, type ProblemCode } from "@/api/errors";
import { notify } from "@/stores/toast";

export type ProblemText = { title: string; detail?: string; requestId: string | null };

/** What went wrong, for a person. What the server says is shown where we have no better words. */
export function describeProblem(error: unknown): ProblemText {
  if (!(error instanceof ApiError)) {
    return {
      title: t`The server cannot be reached`,
      detail: t`Check your connection and try again.`,
      requestId: null,
    };
  }
  const known = error.code && titleOf(error.code, error);
  return known
    ? { title: known, detail: error.message, requestId: error.requestId }
    : { title: error.status < 500 ? error.message : t`Something went wrong`, requestId: error.requestId };
}

function titleOf(code: ProblemCode, error: ApiError): string | undefined {
  switch (code) {
    case "forbidden":
      return t`You may not do this`;
    case "not-found":
      return t`It does not exist, or you may not see it`;
    case "stale":
      return t`Somebody changed it in the meantime`;
    case "archived":
      return t`It is archived`;
    case "too-many-attempts": {
      const seconds = error.retryAfter ?? 60;
      return t`Too many attempts. Try again in ${plural(seconds, { one: "# second", other: "# seconds" })}.`;
    }
    case "busy":
    case "timeout":
    case "request-timeout":
    case "database-unavailable":
      return t`The server is busy. Try again in a moment.`;
    default:
      return undefined;
  }
}

export function notifyError(error: unknown): void {
  const { title, detail } = describeProblem(error);
  notify({ title, description: detail, type: "error" });
}

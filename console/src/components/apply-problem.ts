import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";
import { ApiError, fieldName } from "@/api/errors";
import { describeProblem } from "./problem";

/** Shows what the server refused: at the fields that it points to, and anything else above the form, as its `root` error. */
export function applyProblem<Values extends FieldValues>(
  error: unknown,
  fields: readonly FieldPath<Values>[],
  setError: UseFormSetError<Values>,
): void {
  const problems = error instanceof ApiError ? error.fields : [];
  const elsewhere: string[] = problems.length === 0 ? [describeProblem(error).title] : [];
  let isFirst = true;
  for (const problem of problems) {
    const pointed = fieldName(problem);
    const field = fields.find((name) => name === pointed);
    if (field) {
      setError(field, { message: problem.message }, { shouldFocus: isFirst });
      isFirst = false;
    } else elsewhere.push(`${pointed}: ${problem.message}`);
  }
  if (elsewhere.length > 0) setError("root", { message: elsewhere.join(". ") });
}

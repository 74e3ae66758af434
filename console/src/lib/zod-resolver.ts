import { type FieldErrors, type FieldValues, type Resolver, set } from "react-hook-form";
import { type core, safeParse } from "zod/mini";

/** Checks the values of a form by a schema. */
export function zodResolver<Input extends FieldValues, Output>(
  schema: core.$ZodType<Output, Input>,
): Resolver<Input, unknown, Output> {
  return (values) => {
    const { data, error } = safeParse(schema, values);
    if (!error) return { values: data, errors: {} };
    const errors: FieldErrors<Input> = {};
    for (const { path, code, message } of error.issues.toReversed()) {
      set(errors, path.join("."), { type: code, message });
    }
    return { values: {}, errors };
  };
}

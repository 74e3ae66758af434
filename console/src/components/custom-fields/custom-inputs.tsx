import type { CustomField } from "@/api/custom-fields";
import { Field } from "../ui/field";
import { CustomInput } from "./custom-input";
import type { Values } from "./custom-value";
import { type Draft, type Drafts, draftOf } from "./draft";

type Props = {
  fields: readonly CustomField[];
  /** What was typed; the others are as the record has them. */
  value: Drafts;
  record?: Values | undefined;
  onValueChange: (value: Drafts) => void;
  errors: Readonly<Record<string, { message?: string | undefined } | undefined>> | undefined;
};

/** Takes values of all custom fields. */
export function CustomInputs({ fields, value, record, onValueChange, errors }: Props) {
  if (fields.length === 0) return null;
  const set = (key: string, draft: Draft) => onValueChange({ ...value, [key]: draft });
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {fields.map((field) => (
        <Field
          key={field.key}
          label={field.label}
          error={errors?.[field.key]?.message}
          required={field.isRequired}
        >
          {(control) => (
            <CustomInput
              {...control}
              field={field}
              value={value[field.key] ?? draftOf(field, record?.[field.key])}
              onValueChange={(draft) => set(field.key, draft)}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

import { useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { type FieldInput, keyFor } from "./field-schema";
import { fieldTypes, labelOfType } from "./field-types";
import { TypeFields } from "./type-fields";

type Props = { form: UseFormReturn<FieldInput, unknown, FieldInput>; isNew: boolean };

/** What a field is called, and what it holds. Its key and type stay once it is made. */
export function FieldForm({ form, isNew }: Props) {
  const { t, i18n } = useLingui();
  const { register, control, watch, setValue, formState } = form;
  const { errors, dirtyFields } = formState;
  const type = watch("type");
  return (
    <>
      <Field label={t`Name`} error={errors.label?.message} required>
        {(props) => (
          <Input
            {...props}
            {...register("label", {
              onChange: ({ target }) => {
                // Until somebody writes another one, the key follows the name.
                if (isNew && !dirtyFields.key) setValue("key", keyFor(target.value));
              },
            })}
            maxLength={100}
            autoComplete="off"
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Controller
          control={control}
          name="type"
          render={({ field }) => (
            <Field label={t`Holds`} description={isNew ? t`It stays once the field is made.` : undefined}>
              {(props) => (
                <Select
                  {...props}
                  disabled={!isNew}
                  options={fieldTypes.map((value) => ({ value, label: labelOfType(i18n, value) }))}
                  value={field.value}
                  onValueChange={field.onChange}
                />
              )}
            </Field>
          )}
        />
        <Field
          label={t`Key`}
          description={isNew ? t`What programs and files call it. It stays too.` : undefined}
          error={errors.key?.message}
          required={isNew}
        >
          {(props) => (
            <Input
              {...props}
              {...register("key")}
              readOnly={!isNew}
              maxLength={40}
              autoComplete="off"
              className="font-mono"
            />
          )}
        </Field>
      </div>
      <TypeFields form={form} type={type} />
      <Controller
        control={control}
        name="isRequired"
        render={({ field }) => (
          <Checkbox
            label={t`New records must have a value`}
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
    </>
  );
}

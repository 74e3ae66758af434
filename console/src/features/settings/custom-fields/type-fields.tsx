import { useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import type { CustomFieldType } from "@/api/custom-fields";
import { CheckList } from "@/components/ui/check-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { FieldInput } from "./field-schema";
import { labelOfLink, linkTypes } from "./field-types";
import { OptionsEditor } from "./options-editor";

type Props = { form: UseFormReturn<FieldInput, unknown, FieldInput>; type: CustomFieldType };

type NumberName = "maxLength" | "decimals" | "min" | "max";

/** What is demanded of the values of a field, as its type has it. */
export function TypeFields({ form, type }: Props) {
  const { t, i18n } = useLingui();
  const { register, control, formState } = form;
  const { errors } = formState;
  const numberField = (name: NumberName, label: string, description?: string) => (
    <Field label={label} description={description} error={errors[name]?.message}>
      {(props) => <Input {...props} {...register(name)} inputMode="decimal" autoComplete="off" />}
    </Field>
  );
  switch (type) {
    case "text":
      return numberField("maxLength", t`Characters at most`, t`2000, unless it is given.`);
    case "number":
      return (
        <div className="grid gap-4 sm:grid-cols-3">
          {numberField("decimals", t`Decimals`, t`None, unless given.`)}
          {numberField("min", t`Smallest`)}
          {numberField("max", t`Largest`)}
        </div>
      );
    case "money":
      return (
        <Field
          label={t`Currencies`}
          description={t`Such as EUR, USD. All of them, unless some are given.`}
          error={errors.currencies?.message}
        >
          {(props) => <Input {...props} {...register("currencies")} autoComplete="off" />}
        </Field>
      );
    case "select":
    case "multiSelect":
      return <OptionsEditor form={form} />;
    case "link":
      return (
        <Controller
          control={control}
          name="targets"
          render={({ field, fieldState }) => (
            <CheckList
              label={t`Leads to`}
              options={linkTypes.map((id) => ({ id, name: labelOfLink(i18n, id) }))}
              value={field.value}
              onValueChange={field.onChange}
              error={fieldState.error?.message}
            />
          )}
        />
      );
    default:
      return null;
  }
}

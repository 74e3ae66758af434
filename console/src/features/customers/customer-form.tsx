import { useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import { useCustomFields } from "@/api/custom-fields";
import { useMay } from "@/api/me";
import { CustomInputs } from "@/components/custom-fields/custom-inputs";
import { DuplicateHint } from "@/components/duplicate-hint";
import { TagInput } from "@/components/tag-input";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { UserPicker } from "@/components/user-picker";
import type { CustomerInput } from "./customer-schema";

/** The fields of a new customer. */
export function CustomerForm({ form }: { form: UseFormReturn<CustomerInput, unknown, CustomerInput> }) {
  const { t } = useLingui();
  const mayAssign = useMay("customer:assign");
  const fields = useCustomFields("customer");
  const { register, control, watch, formState } = form;
  const { errors } = formState;
  return (
    <>
      <Field label={t`Name`} error={errors.name?.message} required>
        {(props) => <Input {...props} {...register("name")} autoComplete="off" />}
      </Field>
      <Field label={t`Company`} error={errors.company?.message}>
        {(props) => <Input {...props} {...register("company")} autoComplete="off" />}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t`Email`} error={errors.emailId?.message}>
          {(props) => <Input {...props} {...register("emailId")} type="email" autoComplete="off" />}
        </Field>
        <Field label={t`Phone`} error={errors.phone?.message}>
          {(props) => <Input {...props} {...register("phone")} type="tel" autoComplete="off" />}
        </Field>
      </div>
      <DuplicateHint emailId={watch("emailId")} phone={watch("phone")} />
      {mayAssign && (
        <Controller
          control={control}
          name="owner"
          render={({ field, fieldState }) => (
            <Field label={t`Owner`} error={fieldState.error?.message}>
              {(props) => <UserPicker {...props} value={field.value} onValueChange={field.onChange} />}
            </Field>
          )}
        />
      )}
      <Controller
        control={control}
        name="tags"
        render={({ field, fieldState }) => (
          <Field label={t`Tags`} error={fieldState.error?.message}>
            {(props) => (
              <TagInput {...props} resource="customer" value={field.value} onValueChange={field.onChange} />
            )}
          </Field>
        )}
      />
      <Controller
        control={control}
        name="custom"
        render={({ field }) => (
          <CustomInputs
            fields={fields}
            value={field.value}
            onValueChange={field.onChange}
            errors={errors.custom}
          />
        )}
      />
    </>
  );
}

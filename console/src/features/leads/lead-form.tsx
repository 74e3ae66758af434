import { useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import { useCustomFields } from "@/api/custom-fields";
import { useMay } from "@/api/me";
import { CustomInputs } from "@/components/custom-fields/custom-inputs";
import { DuplicateHint } from "@/components/duplicate-hint";
import { statusLabels } from "@/components/leads/status-labels";
import { TagInput } from "@/components/tag-input";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { UserPicker } from "@/components/user-picker";
import type { LeadInput } from "./lead-schema";
import { startStatuses } from "./status";

/** The fields of a new lead. */
export function LeadForm({ form }: { form: UseFormReturn<LeadInput, unknown, LeadInput> }) {
  const { t, i18n } = useLingui();
  const mayAssign = useMay("lead:assign");
  const fields = useCustomFields("lead");
  const { register, control, watch, formState } = form;
  const { errors } = formState;
  return (
    <>
      <Field label={t`Name`} error={errors.name?.message} required>
        {(props) => <Input {...props} {...register("name")} autoComplete="off" />}
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
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t`Company`} error={errors.company?.message}>
          {(props) => <Input {...props} {...register("company")} autoComplete="off" />}
        </Field>
        <Field label={t`Source`} error={errors.source?.message}>
          {(props) => <Input {...props} {...register("source")} autoComplete="off" />}
        </Field>
        <Controller
          control={control}
          name="status"
          render={({ field }) => (
            <Field label={t`Status`} error={errors.status?.message}>
              {(props) => (
                <Select
                  {...props}
                  options={startStatuses.map((value) => ({ value, label: i18n._(statusLabels[value]) }))}
                  value={field.value}
                  onValueChange={field.onChange}
                />
              )}
            </Field>
          )}
        />
        {mayAssign && (
          <Controller
            control={control}
            name="agent"
            render={({ field }) => (
              <Field label={t`Agent`} description={t`Left empty, the assignment rules choose.`}>
                {(props) => <UserPicker {...props} value={field.value} onValueChange={field.onChange} />}
              </Field>
            )}
          />
        )}
      </div>
      <Controller
        control={control}
        name="tags"
        render={({ field, fieldState }) => (
          <Field label={t`Tags`} error={fieldState.error?.message}>
            {(props) => (
              <TagInput {...props} resource="lead" value={field.value} onValueChange={field.onChange} />
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

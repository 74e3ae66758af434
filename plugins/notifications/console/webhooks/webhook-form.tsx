import { useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import { FormError } from "@/components/form-error";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { EventPicker } from "./event-picker";
import type { WebhookInput } from "./webhook-schema";

/** What a webhook is for, where it goes, and what it tells. */
export function WebhookForm({ form }: { form: UseFormReturn<WebhookInput, unknown, WebhookInput> }) {
  const { t } = useLingui();
  const { register, control, formState } = form;
  const { errors } = formState;
  return (
    <>
      {errors.root && <FormError>{errors.root.message}</FormError>}
      <Field label={t`Name`} error={errors.name?.message} required>
        {(props) => <Input {...props} {...register("name")} maxLength={200} autoComplete="off" />}
      </Field>
      <Field
        label={t`Address`}
        error={errors.url?.message}
        description={t`Each event is sent there by a POST, signed as Standard Webhooks has it.`}
        required
      >
        {(props) => (
          <Input {...props} {...register("url")} type="url" placeholder="https://" autoComplete="off" />
        )}
      </Field>
      <Controller
        control={control}
        name="eventTypes"
        render={({ field, fieldState }) => (
          <EventPicker value={field.value} onChange={field.onChange} error={fieldState.error?.message} />
        )}
      />
    </>
  );
}

import { useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import { CurrencyPicker } from "@/components/currency-picker";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { UserPicker } from "@/components/user-picker";
import { useMayDeal } from "../may";
import type { DealInput } from "./deal-schema";
import { StagePicker } from "./stage-picker";

/** The fields of a new deal, whoever it is with. */
export function ContentFields({ form }: { form: UseFormReturn<DealInput, unknown, DealInput> }) {
  const { t } = useLingui();
  const mayAssign = useMayDeal("assign");
  const { register, control, formState } = form;
  const { errors } = formState;
  return (
    <>
      <Field label={t`Name`} error={errors.name?.message} required>
        {(props) => <Input {...props} {...register("name")} autoComplete="off" maxLength={200} />}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t`Amount`} error={errors.amount?.message}>
          {(props) => (
            <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-2">
              <Input {...props} {...register("amount")} inputMode="decimal" autoComplete="off" />
              <Controller
                control={control}
                name="currency"
                render={({ field }) => <CurrencyPicker value={field.value} onValueChange={field.onChange} />}
              />
            </div>
          )}
        </Field>
        <Field label={t`Expected close`} error={errors.expectedCloseDate?.message}>
          {(props) => <Input {...props} {...register("expectedCloseDate")} type="date" />}
        </Field>
        <Controller
          control={control}
          name="stageId"
          render={({ field, fieldState }) => (
            <Field label={t`Stage`} error={fieldState.error?.message}>
              {(props) => <StagePicker {...props} value={field.value} onValueChange={field.onChange} />}
            </Field>
          )}
        />
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
      </div>
    </>
  );
}

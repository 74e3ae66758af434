import { useLingui } from "@lingui/react/macro";
import { Controller } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { usePreferences } from "@/stores/preferences";
import type { TaskFormState } from "./task-form";

/** By when it is to be done: a day, the same in every zone, or a time, shown in the user's. */
export function DueFields({ form }: { form: TaskFormState }) {
  const { t } = useLingui();
  const { register, control, watch, formState } = form;
  const { errors } = formState;
  const due = watch("due");
  const zone = usePreferences((state) => state.timeZone) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Controller
        control={control}
        name="due"
        render={({ field }) => (
          <Field label={t`Due`}>
            {(props) => (
              <Select
                {...props}
                options={[
                  { value: "none", label: t`At no time` },
                  { value: "day", label: t`On a day` },
                  { value: "instant", label: t`At a time` },
                ]}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          </Field>
        )}
      />
      {due === "day" && (
        <Field label={t`Day`} error={errors.dueDate?.message} required>
          {(props) => <Input {...props} {...register("dueDate")} type="date" />}
        </Field>
      )}
      {due === "instant" && (
        <Field label={t`Time`} description={zone} error={errors.dueAt?.message} required>
          {(props) => <Input {...props} {...register("dueAt")} type="datetime-local" />}
        </Field>
      )}
      <Field label={t`Remind at`} error={errors.remindAt?.message}>
        {(props) => <Input {...props} {...register("remindAt")} type="datetime-local" />}
      </Field>
    </div>
  );
}

import { useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import { useCustomFields } from "@/api/custom-fields";
import { CustomInputs } from "@/components/custom-fields/custom-inputs";
import type { Values } from "@/components/custom-fields/custom-value";
import { RecordPicker } from "@/components/record-picker";
import { priorities, priorityLabels, taskStatuses, taskStatusLabels } from "@/components/tasks/task";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { UserPicker } from "@/components/user-picker";
import { DueFields } from "./due-fields";
import type { TaskInput } from "./task-schema";

const recordTypes = ["lead", "customer"] as const;

export type TaskFormState = UseFormReturn<TaskInput, unknown, TaskInput>;

type Props = { form: TaskFormState; record: Values | undefined };

/** The fields of a task. */
export function TaskForm({ form, record }: Props) {
  const { t, i18n } = useLingui();
  const fields = useCustomFields("task");
  const { register, control, formState } = form;
  const { errors } = formState;
  return (
    <>
      <Field label={t`Title`} error={errors.title?.message} required>
        {(props) => <Input {...props} {...register("title")} autoComplete="off" />}
      </Field>
      <Field label={t`Description`} error={errors.description?.message}>
        {(props) => <Textarea {...props} {...register("description")} />}
      </Field>
      <DueFields form={form} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Controller
          control={control}
          name="priority"
          render={({ field, fieldState }) => (
            <Field label={t`Priority`} error={fieldState.error?.message}>
              {(props) => (
                <Select
                  {...props}
                  options={priorities.map((value) => ({ value, label: i18n._(priorityLabels[value]) }))}
                  value={field.value}
                  onValueChange={field.onChange}
                />
              )}
            </Field>
          )}
        />
        <Controller
          control={control}
          name="status"
          render={({ field, fieldState }) => (
            <Field label={t`Status`} error={fieldState.error?.message}>
              {(props) => (
                <Select
                  {...props}
                  options={taskStatuses.map((value) => ({ value, label: i18n._(taskStatusLabels[value]) }))}
                  value={field.value}
                  onValueChange={field.onChange}
                />
              )}
            </Field>
          )}
        />
        <Controller
          control={control}
          name="assignedTo"
          render={({ field, fieldState }) => (
            <Field label={t`Assigned to`} error={fieldState.error?.message}>
              {(props) => <UserPicker {...props} value={field.value} onValueChange={field.onChange} />}
            </Field>
          )}
        />
        <Controller
          control={control}
          name="relatedTo"
          render={({ field, fieldState }) => (
            <Field label={t`About`} error={fieldState.error?.message}>
              {(props) => (
                <RecordPicker
                  {...props}
                  types={recordTypes}
                  placeholder={t`Search leads and customers`}
                  value={field.value}
                  onValueChange={field.onChange}
                />
              )}
            </Field>
          )}
        />
      </div>
      <Controller
        control={control}
        name="custom"
        render={({ field }) => (
          <CustomInputs
            fields={fields}
            record={record}
            value={field.value}
            onValueChange={field.onChange}
            errors={errors.custom}
          />
        )}
      />
    </>
  );
}

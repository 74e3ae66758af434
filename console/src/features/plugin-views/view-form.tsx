import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Controller, type UseFormReturn } from "react-hook-form";
import { ConfirmLeave } from "@/components/confirm-leave";
import { FormError } from "@/components/form-error";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { FormControl } from "./form-control";
import { type FormField, type FormValues, isJson } from "./form-values";

type Props = {
  title: string;
  fields: readonly FormField[];
  form: UseFormReturn<FormValues>;
  action: string;
  isPending: boolean;
  isSaved: boolean;
  onSubmit: (values: FormValues) => void;
  onCancel: () => void;
  /** What stands above the fields. */
  children?: ReactNode;
};

/** A form for what an operation takes. */
export function ViewForm({
  title,
  fields,
  form,
  action,
  isPending,
  isSaved,
  onSubmit,
  onCancel,
  children,
}: Props) {
  const { t } = useLingui();
  const { isDirty, errors } = form.formState;
  const check =
    ({ label, kind, isRequired }: FormField) =>
    (value: unknown) => {
      if (isRequired && value === "") return t`${label} is required`;
      if (kind === "json" && typeof value === "string" && value !== "" && !isJson(value))
        return t`This is no JSON`;
      return true;
    };
  return (
    <>
      <PageHeader title={title} />
      <ConfirmLeave when={isDirty && !isSaved} />
      <form noValidate className="px-4 pb-6 sm:px-6" onSubmit={form.handleSubmit(onSubmit)}>
        <Card className="max-w-2xl">
          <div className="flex flex-col gap-4">
            {errors.root && <FormError>{errors.root.message}</FormError>}
            {children}
            {fields.map((field) => (
              <Controller
                key={field.name}
                control={form.control}
                name={field.name}
                rules={{ validate: check(field) }}
                render={({ field: { value, onChange }, fieldState }) => (
                  <FormControl
                    field={field}
                    value={value ?? ""}
                    onChange={onChange}
                    error={fieldState.error?.message}
                  />
                )}
              />
            ))}
            <div className="flex flex-wrap justify-end gap-2">
              <Button onClick={onCancel}>
                <Trans>Cancel</Trans>
              </Button>
              <Button type="submit" variant="primary" pending={isPending}>
                {action}
              </Button>
            </div>
          </div>
        </Card>
      </form>
    </>
  );
}

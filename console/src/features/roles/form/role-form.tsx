import { useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import type { Permission } from "@/api/permissions";
import type { Role } from "@/api/roles";
import { FormError } from "@/components/form-error";
import { Card } from "@/components/ui/card";
import { CheckList } from "@/components/ui/check-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { GrantTable } from "./grant-table";
import type { RoleInput } from "./role-schema";

type Props = {
  form: UseFormReturn<RoleInput, unknown, RoleInput>;
  /** All other roles. */
  others: readonly Role[];
  permissions: readonly Permission[];
};

/** What a role is called, what it takes over from others, and what it grants. */
export function RoleForm({ form, others, permissions }: Props) {
  const { t } = useLingui();
  const { register, control, watch, formState } = form;
  const { errors } = formState;
  const inherits = watch("inherits");
  const inherited = others.filter(({ id }) => inherits.includes(id)).flatMap((role) => role.permissions);
  return (
    <>
      {errors.root && <FormError>{errors.root.message}</FormError>}
      <Card>
        <div className="grid gap-4 lg:grid-cols-2">
          <div className="flex flex-col gap-4">
            <Field label={t`Name`} error={errors.name?.message} required>
              {(props) => <Input {...props} {...register("name")} maxLength={40} autoComplete="off" />}
            </Field>
            <Field label={t`Description`} error={errors.description?.message}>
              {(props) => <Textarea {...props} {...register("description")} maxLength={500} />}
            </Field>
          </div>
          <Controller
            control={control}
            name="inherits"
            render={({ field, fieldState }) => (
              <CheckList
                label={t`Grants besides all that these roles grant`}
                options={others}
                value={field.value}
                onValueChange={field.onChange}
                error={fieldState.error?.message}
              />
            )}
          />
        </div>
      </Card>
      <Controller
        control={control}
        name="grants"
        render={({ field }) => (
          <GrantTable
            permissions={permissions}
            grants={field.value}
            inherited={inherited}
            onChange={field.onChange}
          />
        )}
      />
    </>
  );
}

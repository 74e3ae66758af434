import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Controller, type UseFormReturn } from "react-hook-form";
import { useMay } from "@/api/me";
import { rolesQuery } from "@/api/roles";
import { teamsQuery } from "@/api/teams";
import { CheckList } from "@/components/ui/check-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RadioList } from "@/components/ui/radio-list";
import { hasPassword, type UserInput } from "./user-schema";

/** The fields of a new user. */
export function UserForm({ form }: { form: UseFormReturn<UserInput, unknown, UserInput> }) {
  const { t } = useLingui();
  const { register, control, watch, formState } = form;
  const { errors } = formState;
  const roles = useQuery(rolesQuery).data ?? [];
  const teams = useQuery({ ...teamsQuery, enabled: useMay("team:manage") }).data ?? [];
  const isProgram = watch("kind") === "program";
  return (
    <>
      <Field label={t`Name`} error={errors.name?.message} required>
        {(props) => <Input {...props} {...register("name")} autoComplete="off" />}
      </Field>
      <Field
        label={t`Email`}
        error={errors.emailId?.message}
        description={isProgram ? t`Of somebody who answers for the program.` : undefined}
        required
      >
        {(props) => <Input {...props} {...register("emailId")} type="email" autoComplete="off" />}
      </Field>
      <Controller
        control={control}
        name="kind"
        render={({ field }) => (
          <RadioList
            label={t`Kind`}
            value={field.value}
            onValueChange={field.onChange}
            options={[
              { value: "person", label: t`A person, who signs in` },
              { value: "program", label: t`A program, which uses API keys and never signs in` },
            ]}
          />
        )}
      />
      <Controller
        control={control}
        name="roles"
        render={({ field, fieldState }) => (
          <CheckList
            label={t`Roles`}
            options={roles}
            value={field.value}
            onValueChange={field.onChange}
            error={fieldState.error?.message}
          />
        )}
      />
      {teams.length > 0 && (
        <Controller
          control={control}
          name="teams"
          render={({ field }) => (
            <CheckList label={t`Teams`} options={teams} value={field.value} onValueChange={field.onChange} />
          )}
        />
      )}
      {!isProgram && (
        <Controller
          control={control}
          name="start"
          render={({ field }) => (
            <RadioList
              label={t`First password`}
              value={field.value}
              onValueChange={field.onChange}
              options={[
                { value: "link", label: t`They set it, by a link that you give them` },
                { value: "password", label: t`I set it, and they change it` },
              ]}
            />
          )}
        />
      )}
      {hasPassword({ kind: watch("kind"), start: watch("start") }) && (
        <Field
          label={t`Password`}
          description={t`12 characters or more, and not easy to guess.`}
          error={errors.password?.message}
          required
        >
          {(props) => (
            <Input {...props} {...register("password")} type="password" autoComplete="new-password" />
          )}
        </Field>
      )}
    </>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useMe } from "@/api/me";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { notify } from "@/stores/toast";

const empty = { currentPassword: "", newPassword: "", revokeApiKeys: false };

/** Changes one's own password. */
export function PasswordForm() {
  const { t } = useLingui();
  const me = useMe();
  const queryClient = useQueryClient();
  const { register, control, handleSubmit, formState, setError, reset } = useForm({ defaultValues: empty });
  const change = useMutation({
    mutationFn: (body: typeof empty) => unwrap(client.POST("/api/auth/change-password", { body })),
    meta: { showsError: true },
    onSuccess: () => {
      reset(empty);
      queryClient.invalidateQueries({ queryKey: ["sessions"] });
      queryClient.invalidateQueries({ queryKey: ["api-keys"] });
      notify({ title: t`Your password is changed`, description: t`Your other sessions have ended.` });
    },
    onError: (error) => applyProblem(error, ["currentPassword", "newPassword"], setError),
  });
  const { errors } = formState;
  return (
    <form
      noValidate
      onSubmit={handleSubmit((values) => change.mutate(values))}
      className="flex flex-col gap-4 sm:max-w-80"
    >
      {errors.root && <FormError>{errors.root.message}</FormError>}
      {/* For password managers, which otherwise do not know whose it is. */}
      <input type="email" value={me.emailId} readOnly autoComplete="username" hidden />
      <Field label={t`Present password`} error={errors.currentPassword?.message} required>
        {(props) => (
          <Input
            {...props}
            {...register("currentPassword", { required: t`Password is required` })}
            type="password"
            autoComplete="current-password"
          />
        )}
      </Field>
      <Field
        label={t`New password`}
        description={t`12 characters or more, and not easy to guess.`}
        error={errors.newPassword?.message}
        required
      >
        {(props) => (
          <Input
            {...props}
            {...register("newPassword", { required: t`Password is required` })}
            type="password"
            autoComplete="new-password"
          />
        )}
      </Field>
      <Controller
        control={control}
        name="revokeApiKeys"
        render={({ field }) => (
          <Checkbox
            label={t`Revoke my API keys too`}
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
      <div>
        <Button type="submit" variant="primary" pending={change.isPending}>
          <Trans>Change the password</Trans>
        </Button>
      </div>
    </form>
  );
}

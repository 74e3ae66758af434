import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { CheckCircle2 } from "lucide-react";
import { useForm } from "react-hook-form";
import { Link } from "react-router";
import { ApiError, hasCode, unwrap } from "@/api/errors";
import { publicClient } from "@/api/public-client";
import { EmptyState } from "@/components/empty-state";
import { FormError } from "@/components/form-error";
import { describeProblem } from "@/components/problem";
import { Button, buttonClass } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { AuthPage } from "./auth-page";
import { linkToken } from "./link-token";

/** Where the link of an invitation leads, and that of somebody who has lost their password. */
export function Component() {
  const { t } = useLingui();
  const { register, handleSubmit, formState, setError } = useForm({
    defaultValues: { password: "" },
  });
  const save = useMutation({
    mutationFn: ({ password }: { password: string }) =>
      unwrap(publicClient.POST("/api/auth/password", { body: { token: linkToken(), password } })),
    meta: { showsError: true },
    onError: (error) => {
      const problem =
        error instanceof ApiError && error.fields.find(({ pointer }) => pointer === "#/password");
      if (problem) setError("password", { message: problem.message }, { shouldFocus: true });
    },
  });

  if (save.isSuccess) {
    return (
      <AuthPage title={t`Set a password`}>
        <EmptyState
          icon={CheckCircle2}
          title={t`Your password is set`}
          actions={
            <Link to="/login" className={buttonClass({ variant: "primary" })}>
              <Trans>Sign in</Trans>
            </Link>
          }
        />
      </AuthPage>
    );
  }
  return (
    <AuthPage title={t`Set a password`}>
      <form
        noValidate
        onSubmit={handleSubmit((values) => save.mutate(values))}
        className="flex flex-col gap-4"
      >
        {save.error && !formState.errors.password && (
          <FormError>
            {hasCode(save.error, "invalid-link")
              ? t`This link was used already, or is too old. Ask for another one.`
              : describeProblem(save.error).title}
          </FormError>
        )}
        <Field
          label={t`New password`}
          description={t`12 characters or more, and not easy to guess.`}
          error={formState.errors.password?.message}
        >
          {(control) => (
            <Input
              {...control}
              {...register("password", { required: t`Password is required` })}
              type="password"
              autoComplete="new-password"
              autoFocus
            />
          )}
        </Field>
        <Button type="submit" variant="primary" pending={save.isPending}>
          <Trans>Set the password</Trans>
        </Button>
      </form>
    </AuthPage>
  );
}

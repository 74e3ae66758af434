import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useNavigate } from "react-router";
import { hasCode, unwrap } from "@/api/errors";
import { publicClient } from "@/api/public-client";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useAuth } from "@/stores/auth";
import { AuthPage } from "./auth-page";
import { linkToken } from "./link-token";

type FirstAdmin = { token: string; name: string; emailId: string; password: string };

const fields = ["token", "name", "emailId", "password"] as const;

/** Makes the first Admin of a new workspace. */
export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { register, handleSubmit, formState, setError } = useForm<FirstAdmin>({
    defaultValues: { token: linkToken(), name: "", emailId: "", password: "" },
  });
  const setUp = useMutation({
    mutationFn: async ({ token, name, emailId, password }: FirstAdmin) => {
      await unwrap(publicClient.POST("/api/auth/setup", { body: { token, name, emailId, password } }));
      return unwrap(publicClient.POST("/api/auth/login", { body: { emailId, password } }));
    },
    meta: { showsError: true },
    onSuccess: (signedIn) => {
      useAuth.getState().setAuth(signedIn);
      navigate("/", { replace: true });
    },
    onError: (error) => {
      if (hasCode(error, "invalid-setup-token")) {
        setError(
          "token",
          { message: t`This is not the token that the server printed` },
          { shouldFocus: true },
        );
      } else applyProblem(error, fields, setError);
    },
  });
  const { errors } = formState;

  return (
    <AuthPage title={t`Set up the CRM`}>
      <form
        noValidate
        onSubmit={handleSubmit((values) => setUp.mutate(values))}
        className="flex flex-col gap-4"
      >
        {errors.root && <FormError>{errors.root.message}</FormError>}
        <Field
          label={t`Set-up token`}
          description={t`The server printed it when it started.`}
          error={errors.token?.message}
        >
          {(control) => (
            <Input
              {...control}
              {...register("token", { required: t`The token is required` })}
              autoComplete="off"
            />
          )}
        </Field>
        <Field label={t`Your name`} error={errors.name?.message}>
          {(control) => (
            <Input
              {...control}
              {...register("name", { required: t`Name is required` })}
              autoComplete="name"
            />
          )}
        </Field>
        <Field label={t`Email`} error={errors.emailId?.message}>
          {(control) => (
            <Input
              {...control}
              {...register("emailId", { required: t`Email is required` })}
              type="email"
              autoComplete="username"
            />
          )}
        </Field>
        <Field
          label={t`Password`}
          description={t`12 characters or more, and not easy to guess.`}
          error={errors.password?.message}
        >
          {(control) => (
            <Input
              {...control}
              {...register("password", { required: t`Password is required` })}
              type="password"
              autoComplete="new-password"
            />
          )}
        </Field>
        <Button type="submit" variant="primary" pending={setUp.isPending}>
          <Trans>Create the first Admin</Trans>
        </Button>
      </form>
    </AuthPage>
  );
}

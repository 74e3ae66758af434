import { t as now } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { hasCode, unwrap } from "@/api/errors";
import { publicClient } from "@/api/public-client";
import type { components } from "@/api/schema";
import { FormError } from "@/components/form-error";
import { describeProblem } from "@/components/problem";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type Credentials = components["schemas"]["Login"];

type Props = {
  /** Who signs in, where that is known. */
  emailId?: string | undefined;
  onSignedIn: (signedIn: components["schemas"]["SignedIn"]) => void;
};

/**
 * Address and password, and a code from whoever has a second factor. It is the first thing that anybody loads, and too
 * small to need the form library.
 */
export function LoginForm({ emailId, onSignedIn }: Props) {
  const { t } = useLingui();
  const [errors, setErrors] = useState<Partial<Record<"emailId" | "password", string>>>({});
  const [asksForCode, setAsksForCode] = useState(false);
  const login = useMutation({
    mutationFn: (body: Credentials) => unwrap(publicClient.POST("/api/auth/login", { body })),
    meta: { showsError: true },
    onSuccess: onSignedIn,
    onError: (error) => hasCode(error, "second-factor-required") && setAsksForCode(true),
  });

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const text = (name: string) => String(values.get(name) ?? "").trim();
    const credentials = { emailId: text("emailId"), password: String(values.get("password") ?? "") };
    const code = text("code");
    const missing = {
      ...(!credentials.emailId && { emailId: t`Email is required` }),
      ...(!credentials.password && { password: t`Password is required` }),
    };
    setErrors(missing);
    const [first] = Object.keys(missing);
    if (first) form.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    else login.mutate({ ...credentials, ...(code && { code }) });
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {login.error && !hasCode(login.error, "second-factor-required") && (
        <FormError>{messageOf(login.error, asksForCode)}</FormError>
      )}
      <Field label={t`Email`} error={errors.emailId}>
        {(control) => (
          <Input
            {...control}
            name="emailId"
            type="email"
            defaultValue={emailId}
            autoComplete="username"
            autoFocus={!emailId}
          />
        )}
      </Field>
      <Field label={t`Password`} error={errors.password}>
        {(control) => (
          <Input
            {...control}
            name="password"
            type="password"
            autoComplete="current-password"
            autoFocus={Boolean(emailId)}
          />
        )}
      </Field>
      {asksForCode && (
        <Field label={t`Code`} description={t`Six digits from your authenticator app, or a recovery code.`}>
          {(control) => <Input {...control} name="code" autoComplete="one-time-code" autoFocus />}
        </Field>
      )}
      <Button type="submit" variant="primary" pending={login.isPending}>
        <Trans>Sign in</Trans>
      </Button>
    </form>
  );
}

function messageOf(error: Error, asksForCode: boolean): string {
  if (!hasCode(error, "invalid-credentials")) return describeProblem(error).title;
  return asksForCode ? now`Invalid email, password or code` : now`Invalid email or password`;
}

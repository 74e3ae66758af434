import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { applyProblem } from "@/components/apply-problem";
import { CopyField } from "@/components/copy-field";
import { FormError } from "@/components/form-error";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

type Props = {
  started: components["schemas"]["TwoFactorStarted"];
  onCancel: () => void;
  onCodes: (codes: string[]) => void;
};

/** Gives the secret to the app, and takes a code of it as the proof that it arrived. */
export function Confirm({ started: { secret, uri }, onCancel, onCodes }: Props) {
  const { t } = useLingui();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { code: "" } });
  const confirm = useMutation({
    mutationFn: ({ code }: { code: string }) =>
      unwrap(client.POST("/api/auth/two-factor/confirm", { body: { code: code.replaceAll(" ", "") } })),
    meta: { showsError: true },
    onSuccess: ({ recoveryCodes }) => onCodes(recoveryCodes),
    onError: (error) => applyProblem(error, ["code"], setError),
  });
  const { errors } = formState;
  return (
    <Card>
      <form
        noValidate
        onSubmit={handleSubmit((values) => confirm.mutate(values))}
        className="flex flex-col gap-4 sm:max-w-lg"
      >
        {errors.root && <FormError>{errors.root.message}</FormError>}
        <p>
          <Trans>
            Add an account to your authenticator app by this key, or open it in the app on this device. It is
            not shown again.
          </Trans>
        </p>
        <CopyField label={t`Key`} value={secret.replace(/(.{4})(?=.)/g, "$1 ")} />
        <div>
          <a href={uri} className={buttonClass()}>
            <Trans>Open in an app</Trans>
          </a>
        </div>
        <Field
          label={t`Code`}
          description={t`Six digits that the app shows now.`}
          error={errors.code?.message}
          required
        >
          {(props) => (
            <Input
              {...props}
              {...register("code", { required: t`The code is required` })}
              inputMode="numeric"
              autoComplete="one-time-code"
              className="font-mono sm:max-w-40"
            />
          )}
        </Field>
        <div className="flex gap-2">
          <Button onClick={onCancel}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={confirm.isPending}>
            <Trans>Confirm</Trans>
          </Button>
        </div>
      </form>
    </Card>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Confirm } from "./confirm";

type Props = { isDemanded: boolean; onCodes: (codes: string[]) => void };

/** Begins with the password, and goes on with the app. */
export function SetUp({ isDemanded, onCodes }: Props) {
  const { t } = useLingui();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { password: "" } });
  const start = useMutation({
    mutationFn: (body: { password: string }) => unwrap(client.POST("/api/auth/two-factor", { body })),
    meta: { showsError: true },
    onError: (error) => applyProblem(error, ["password"], setError),
  });
  const { errors } = formState;
  if (start.data) return <Confirm started={start.data} onCancel={start.reset} onCodes={onCodes} />;
  return (
    <Card>
      <form
        noValidate
        onSubmit={handleSubmit((values) => start.mutate(values))}
        className="flex flex-col gap-4 sm:max-w-80"
      >
        <p>
          {isDemanded ? (
            <Trans>Your role demands a second factor. Set it up to go on.</Trans>
          ) : (
            <Trans>You have no second factor yet.</Trans>
          )}
        </p>
        {errors.root && <FormError>{errors.root.message}</FormError>}
        <Field label={t`Password`} error={errors.password?.message} required>
          {(props) => (
            <Input
              {...props}
              {...register("password", { required: t`Password is required` })}
              type="password"
              autoComplete="current-password"
            />
          )}
        </Field>
        <div>
          <Button type="submit" variant="primary" pending={start.isPending}>
            <Trans>Set up</Trans>
          </Button>
        </div>
      </form>
    </Card>
  );
}

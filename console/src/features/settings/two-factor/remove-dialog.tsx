import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { notify } from "@/stores/toast";
import { CodeField } from "./code-field";
import { twoFactorQuery } from "./queries";

const empty = { password: "", code: "" };

/** Takes the second factor away, which takes both factors. */
export function RemoveDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: empty });
  const remove = useMutation({
    mutationFn: ({ password, code }: typeof empty) =>
      unwrap(client.POST("/api/auth/two-factor/remove", { body: { password, code: code.trim() } })),
    meta: { showsError: true },
    onSuccess: () => {
      notify({ title: t`The second factor is removed`, description: t`Your other sessions have ended.` });
      onClose();
      return queryClient.invalidateQueries({ queryKey: twoFactorQuery.queryKey });
    },
    onError: (error) => applyProblem(error, ["password", "code"], setError),
  });
  const { errors } = formState;
  return (
    <Dialog open onOpenChange={onClose} size="small" title={t`Remove the second factor?`}>
      <form noValidate onSubmit={handleSubmit((values) => remove.mutate(values))}>
        <DialogBody>
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
          <CodeField
            input={register("code", { required: t`The code is required` })}
            error={errors.code?.message}
          />
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="danger" pending={remove.isPending}>
            <Trans>Remove</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

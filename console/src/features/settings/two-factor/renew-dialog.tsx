import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { CodeField } from "./code-field";

type Props = { onClose: () => void; onCodes: (codes: string[]) => void };

/** Makes other recovery codes. Those before work no more. */
export function RenewDialog({ onClose, onCodes }: Props) {
  const { t } = useLingui();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { code: "" } });
  const renew = useMutation({
    mutationFn: ({ code }: { code: string }) =>
      unwrap(client.POST("/api/auth/two-factor/recovery-codes", { body: { code: code.trim() } })),
    meta: { showsError: true },
    onSuccess: ({ recoveryCodes }) => onCodes(recoveryCodes),
    onError: (error) => applyProblem(error, ["code"], setError),
  });
  const { errors } = formState;
  return (
    <Dialog open onOpenChange={onClose} size="small" title={t`Renew the recovery codes`}>
      <form noValidate onSubmit={handleSubmit((values) => renew.mutate(values))}>
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          <p className="text-text-muted">
            <Trans>Those that you have now stop working.</Trans>
          </p>
          <CodeField
            input={register("code", { required: t`The code is required` })}
            error={errors.code?.message}
          />
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={renew.isPending}>
            <Trans>Renew</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

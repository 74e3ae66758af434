import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import type { Team } from "@/api/teams";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useSaveTeam } from "./mutations";

type Props = {
  /** The one that is renamed; otherwise a new one is made. */
  team: Team | undefined;
  onClose: () => void;
  onSaved: (team: Team) => void;
};

export default function TeamDialog({ team, onClose, onSaved }: Props) {
  const { t } = useLingui();
  const { register, handleSubmit, formState, setError } = useForm({
    defaultValues: { name: team?.name ?? "" },
  });
  const save = useSaveTeam();
  const { errors } = formState;
  return (
    <Dialog open onOpenChange={onClose} size="small" title={team ? t`Rename the team` : t`New team`}>
      <form
        noValidate
        onSubmit={handleSubmit(({ name }) =>
          save.mutate(
            { team, name: name.trim() },
            { onSuccess: onSaved, onError: (error) => applyProblem(error, ["name"], setError) },
          ),
        )}
      >
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          <Field label={t`Name`} error={errors.name?.message} required>
            {(props) => (
              <Input
                {...props}
                {...register("name", { validate: (name) => name.trim() !== "" || t`Name is required` })}
                maxLength={100}
                autoComplete="off"
              />
            )}
          </Field>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={save.isPending}>
            {team ? <Trans>Save</Trans> : <Trans>Create team</Trans>}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

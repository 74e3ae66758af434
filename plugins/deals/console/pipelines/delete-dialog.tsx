import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { FormError } from "@/components/form-error";
import { describeProblem } from "@/components/problem";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { notify } from "@/stores/toast";
import type { Pipeline } from "../deal";
import { needsTarget, useDeletePipeline } from "./mutations";

type Props = { pipeline: Pipeline; others: readonly Pipeline[]; onClose: () => void };

/** Deletes a pipeline, whose deals go to another one. */
export default function DeleteDialog({ pipeline, others, onClose }: Props) {
  const { t } = useLingui();
  const [moveTo, setMoveTo] = useState<string | null>(null);
  const remove = useDeletePipeline();
  const submit = () =>
    remove.mutate(
      { pipeline, moveTo },
      {
        onSuccess: () => {
          notify({ title: t`The pipeline ${pipeline.name} is deleted` });
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={t`Delete ${pipeline.name}?`}
      description={t`Deals go to the first stage of the same state. It cannot be undone.`}
    >
      <DialogBody>
        {remove.error && (
          <FormError>
            {needsTarget(remove.error)
              ? t`It holds deals. Choose where they go.`
              : describeProblem(remove.error).title}
          </FormError>
        )}
        <Field label={t`Its deals go to`}>
          {(props) => (
            <Select
              {...props}
              options={others.map(({ id, name }) => ({ value: id, label: name }))}
              value={moveTo}
              onValueChange={setMoveTo}
              placeholder={t`Choose a pipeline`}
            />
          )}
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button variant="danger" pending={remove.isPending} onClick={submit}>
          <Trans>Delete</Trans>
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

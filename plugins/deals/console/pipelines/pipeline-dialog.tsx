import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { hasCode } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { zodResolver } from "@/lib/zod-resolver";
import { notify } from "@/stores/toast";
import type { Pipeline } from "../deal";
import { needsTarget, useSavePipeline } from "./mutations";
import { inputOf, newPipeline, type PipelineInput, pipelineSchema } from "./pipeline-schema";
import { StageRows } from "./stage-rows";

const stageFields = ["name", "kind", "probability", "staleAfterDays"] as const;

/** Makes a pipeline, or changes the one that is given. */
export default function PipelineDialog({
  pipeline,
  onClose,
}: {
  pipeline: Pipeline | null;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const form = useForm({
    resolver: zodResolver(pipelineSchema),
    defaultValues: pipeline ? inputOf(pipeline) : newPipeline(),
  });
  const save = useSavePipeline();
  const [moveTo, setMoveTo] = useState<string | null>(null);
  const { errors, isDirty } = form.formState;
  const stays = form
    .watch("stages")
    .flatMap(({ stageId, name }) => (stageId ? [{ value: stageId, label: name }] : []));

  const submit = (input: PipelineInput) =>
    save.mutate(
      { pipeline, input, moveTo },
      {
        onSuccess: ({ name }) => {
          notify({ title: t`The pipeline ${name} is saved` });
          onClose();
        },
        onError: (error) => {
          if (needsTarget(error)) return;
          const fields = input.stages.flatMap((_, index) =>
            stageFields.map((field) => `stages.${index}.${field}` as const),
          );
          applyProblem(error, ["name", ...fields], form.setError);
        },
      },
    );

  return (
    <Dialog
      open
      onOpenChange={onClose}
      dismissible={!isDirty}
      size="large"
      title={pipeline ? t`Change the pipeline` : t`New pipeline`}
    >
      <form noValidate onSubmit={form.handleSubmit(submit)} className="flex min-h-0 flex-col">
        <DialogBody>
          {errors.root && (
            <FormError>
              {hasCode(save.error, "stale")
                ? t`Somebody changed the pipeline in the meantime. Close this and look again.`
                : errors.root.message}
            </FormError>
          )}
          <Field label={t`Name`} error={errors.name?.message} required>
            {(props) => <Input {...props} {...form.register("name")} autoComplete="off" maxLength={200} />}
          </Field>
          <StageRows form={form} />
          {needsTarget(save.error) && (
            <>
              <FormError>
                <Trans>There are deals in a stage that you take away. Choose where they go.</Trans>
              </FormError>
              <Field label={t`Its deals go to`}>
                {(props) => (
                  <Select
                    {...props}
                    options={stays}
                    value={moveTo}
                    onValueChange={setMoveTo}
                    placeholder={t`Choose a stage of the same state`}
                  />
                )}
              </Field>
            </>
          )}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={save.isPending}>
            <Trans>Save</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

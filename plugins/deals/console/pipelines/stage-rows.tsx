import { Trans, useLingui } from "@lingui/react/macro";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { Controller, type UseFormReturn, useFieldArray } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { kindLabels, stageKinds } from "../deal";
import { newStage, type PipelineInput } from "./pipeline-schema";

export type PipelineForm = UseFormReturn<PipelineInput, unknown, PipelineInput>;

/** The stages of a pipeline in their order, each with what it means for a deal to be in it. */
export function StageRows({ form }: { form: PipelineForm }) {
  const { t } = useLingui();
  const { fields, insert, remove, swap } = useFieldArray({ control: form.control, name: "stages" });
  const stages = form.watch("stages");
  // Behind the last open stage: closed ones stay at the end.
  const add = () => insert(stages.findLastIndex(({ kind }) => kind === "open") + 1, newStage());
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-medium">{t`Stages`}</legend>
      <ol className="flex flex-col gap-3">
        {fields.map(({ id }, index) => (
          <StageRow
            key={id}
            form={form}
            index={index}
            isLast={index === fields.length - 1}
            onSwap={(other) => swap(index, other)}
            onRemove={() => remove(index)}
          />
        ))}
      </ol>
      <Button className="self-start" size="small" icon={<Plus size={14} aria-hidden />} onClick={add}>
        <Trans>Add a stage</Trans>
      </Button>
    </fieldset>
  );
}

type RowProps = {
  form: PipelineForm;
  index: number;
  isLast: boolean;
  onSwap: (other: number) => void;
  onRemove: () => void;
};

function StageRow({ form, index, isLast, onSwap, onRemove }: RowProps) {
  const { t, i18n } = useLingui();
  const { register, control, watch, formState } = form;
  const errors = formState.errors.stages?.[index];
  const isOpen = watch(`stages.${index}.kind`) === "open";
  const name = watch(`stages.${index}.name`) || t`Stage ${index + 1}`;
  return (
    <li>
      <fieldset className="grid grid-cols-2 items-start gap-3 rounded-md border border-line p-3 sm:grid-cols-[minmax(0,1fr)_7rem_6rem_7rem_auto]">
        <legend className="sr-only">{name}</legend>
        <Field label={t`Name`} error={errors?.name?.message}>
          {(props) => <Input {...props} {...register(`stages.${index}.name`)} autoComplete="off" />}
        </Field>
        <Controller
          control={control}
          name={`stages.${index}.kind`}
          render={({ field }) => (
            <Field label={t`State`} error={errors?.kind?.message}>
              {(props) => (
                <Select
                  {...props}
                  options={stageKinds.map((value) => ({ value, label: i18n._(kindLabels[value]) }))}
                  value={field.value}
                  onValueChange={field.onChange}
                />
              )}
            </Field>
          )}
        />
        {isOpen && (
          <>
            <Field label={t`Probability`} error={errors?.probability?.message}>
              {(props) => (
                <Input {...props} {...register(`stages.${index}.probability`)} inputMode="numeric" />
              )}
            </Field>
            <Field label={t`Stale after days`} error={errors?.staleAfterDays?.message}>
              {(props) => (
                <Input {...props} {...register(`stages.${index}.staleAfterDays`)} inputMode="numeric" />
              )}
            </Field>
          </>
        )}
        <div className="col-span-2 flex justify-end sm:col-span-1 sm:col-start-5 sm:pt-6">
          <IconButton
            label={t`Move ${name} up`}
            disabled={index === 0}
            icon={<ArrowUp size={16} aria-hidden />}
            onClick={() => onSwap(index - 1)}
          />
          <IconButton
            label={t`Move ${name} down`}
            disabled={isLast}
            icon={<ArrowDown size={16} aria-hidden />}
            onClick={() => onSwap(index + 1)}
          />
          <IconButton
            label={t`Take ${name} away`}
            icon={<Trash2 size={16} aria-hidden />}
            onClick={onRemove}
          />
        </div>
      </fieldset>
    </li>
  );
}

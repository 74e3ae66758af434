import { Trans, useLingui } from "@lingui/react/macro";
import { Archive, ArchiveRestore, Plus, X } from "lucide-react";
import { type UseFormReturn, useFieldArray } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Input } from "@/components/ui/input";
import type { FieldInput } from "./field-schema";

/** The options of a select. One that records may hold is put away, not deleted. */
export function OptionsEditor({ form }: { form: UseFormReturn<FieldInput, unknown, FieldInput> }) {
  const { t } = useLingui();
  const { register, control, formState } = form;
  const { fields, append, remove, update } = useFieldArray({ control, name: "options" });
  const error = formState.errors.options?.message ?? formState.errors.options?.root?.message;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-sm">
        <Trans>Options</Trans>
      </legend>
      {fields.map((option, index) => {
        const number = index + 1;
        const current = form.getValues(`options.${index}`);
        return (
          <div key={option.id} className="flex items-center gap-1">
            <Input
              aria-label={t`Option ${number}`}
              {...register(`options.${index}.label`)}
              readOnly={option.isArchived}
              className={option.isArchived ? "line-through" : undefined}
              maxLength={60}
              autoComplete="off"
            />
            {option.value === "" ? (
              <IconButton
                label={t`Remove option ${number}`}
                icon={<X size={16} aria-hidden />}
                onClick={() => remove(index)}
              />
            ) : option.isArchived ? (
              <IconButton
                label={t`Restore option ${number}`}
                icon={<ArchiveRestore size={16} aria-hidden />}
                onClick={() => update(index, { ...current, isArchived: false })}
              />
            ) : (
              <IconButton
                label={t`Archive option ${number}`}
                icon={<Archive size={16} aria-hidden />}
                onClick={() => update(index, { ...current, isArchived: true })}
              />
            )}
          </div>
        );
      })}
      {error && (
        <p role="alert" className="text-danger-text text-sm">
          {error}
        </p>
      )}
      <div>
        <Button
          size="small"
          icon={<Plus size={14} aria-hidden />}
          onClick={() => append({ value: "", label: "", isArchived: false })}
        >
          <Trans>Add an option</Trans>
        </Button>
      </div>
    </fieldset>
  );
}

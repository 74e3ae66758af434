import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { type CustomField, type CustomFieldResource, customFieldsQuery } from "@/api/custom-fields";
import { hasCode } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { StaleError } from "@/components/stale-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { zodResolver } from "@/lib/zod-resolver";
import { FieldForm } from "./field-form";
import { contentOf, emptyField, type FieldInput, fieldSchema, inputOf } from "./field-schema";
import { useCreateField, useUpdateField } from "./mutations";

const names = [
  "label",
  "key",
  "maxLength",
  "decimals",
  "min",
  "max",
  "currencies",
  "options",
  "targets",
] as const;

type Props = {
  resource: CustomFieldResource;
  /** The one that is defined otherwise; otherwise a new one is made. */
  field: CustomField | undefined;
  onClose: () => void;
};

/** Defines a field, or defines it otherwise. */
export default function FieldDialog({ resource, field, onClose }: Props) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [base, setBase] = useState(field);
  const [theirs, setTheirs] = useState<CustomField | null>(null);
  const form = useForm<FieldInput, unknown, FieldInput>({
    resolver: zodResolver(fieldSchema),
    defaultValues: field ? inputOf(field) : emptyField,
  });
  const create = useCreateField();
  const update = useUpdateField();
  const { errors, isDirty } = form.formState;

  const save = (input: FieldInput, current: CustomField | undefined) => {
    setTheirs(null);
    const content = contentOf(input);
    const onError = async (error: Error) => {
      if (!field || !hasCode(error, "stale")) return applyProblem(error, names, form.setError);
      const now = await queryClient.fetchQuery({ ...customFieldsQuery(resource), staleTime: 0 });
      setTheirs(now.find(({ id }) => id === field.id) ?? null);
    };
    if (current) update.mutate({ field: current, changes: content }, { onSuccess: onClose, onError });
    else {
      const { key, type, label } = input;
      create.mutate({ resource, key, type, label, content }, { onSuccess: onClose, onError });
    }
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      dismissible={!isDirty}
      title={field ? t`Edit the field ${field.label}` : t`New field`}
    >
      <form
        noValidate
        onSubmit={form.handleSubmit((input) => save(input, base))}
        className="flex min-h-0 flex-col"
      >
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          {theirs && (
            <StaleError
              onKeepMine={form.handleSubmit((input) => save(input, theirs))}
              onTakeTheirs={() => {
                setBase(theirs);
                form.reset(inputOf(theirs));
                setTheirs(null);
              }}
            />
          )}
          <FieldForm form={form} isNew={!field} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={create.isPending || update.isPending}>
            {field ? <Trans>Save</Trans> : <Trans>Create field</Trans>}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

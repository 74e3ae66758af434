import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useEffectEvent } from "react";
import { Controller, useForm } from "react-hook-form";
import { applyProblem } from "@/components/apply-problem";
import { ConfirmLeave } from "@/components/confirm-leave";
import { FormError } from "@/components/form-error";
import { type PickedRecord, RecordPicker } from "@/components/record-picker";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { zodResolver } from "@/lib/zod-resolver";
import { notify } from "@/stores/toast";
import type { Deal } from "../deal";
import { useCreateDeal } from "../mutations";
import { ContentFields } from "./content-fields";
import { contentFields, contentOf, type DealInput, dealSchema, emptyDeal } from "./deal-schema";

const customersOnly = ["customer"] as const;

type Props = {
  /** With whom, where that is known. */
  customer: PickedRecord | null;
  stageId: string | null;
  onClose: () => void;
  onMade: (deal: Deal) => void;
};

/** Makes a deal. */
export default function DealDialog({ customer, stageId, onClose, onMade }: Props) {
  const { t } = useLingui();
  const form = useForm({
    resolver: zodResolver(dealSchema),
    defaultValues: { ...emptyDeal(), customer, stageId },
  });
  const create = useCreateDeal();
  const made = create.data;
  const tell = useEffectEvent((deal: Deal) => {
    notify({ title: t`${deal.name} is created` });
    onMade(deal);
  });
  // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
  useEffect(() => {
    if (made) tell(made);
  }, [made]);
  const { isDirty, errors } = form.formState;

  const submit = (input: DealInput) =>
    create.mutate(
      { ...contentOf(input), customerId: input.customer?.id ?? "" },
      { onError: (error) => applyProblem(error, contentFields, form.setError) },
    );

  return (
    <Dialog open onOpenChange={onClose} dismissible={!isDirty} title={t`New deal`}>
      <ConfirmLeave when={isDirty && !made} />
      <form noValidate onSubmit={form.handleSubmit(submit)} className="flex min-h-0 flex-col">
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          <ContentFields form={form} />
          <Controller
            control={form.control}
            name="customer"
            render={({ field, fieldState }) => (
              <Field label={t`Customer`} error={fieldState.error?.message} required>
                {(props) => (
                  <RecordPicker
                    {...props}
                    types={customersOnly}
                    value={field.value}
                    onValueChange={field.onChange}
                  />
                )}
              </Field>
            )}
          />
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={create.isPending}>
            <Trans>Create deal</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

import { t as now } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Controller, useForm } from "react-hook-form";
import * as z from "zod/mini";
import { reasonLabels } from "@/components/leads/status-labels";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { zodResolver } from "@/lib/zod-resolver";
import type { UpdateLead } from "./mutations";
import { unqualifiedReasons } from "./status";

const schema = z
  .object({
    unqualifiedReason: z.enum(unqualifiedReasons, { error: () => now`A reason is required` }),
    unqualifiedNote: z.string().check(z.trim()),
  })
  .check(
    z.refine((values) => values.unqualifiedReason !== "Other" || values.unqualifiedNote !== "", {
      path: ["unqualifiedNote"],
      error: () => now`Say why`,
    }),
  );

type Reason = z.output<typeof schema>;

type Props = {
  finalFocus?: () => HTMLElement | null;
  onClose: () => void;
  onConfirm: (changes: Pick<UpdateLead, "unqualifiedReason" | "unqualifiedNote">) => void;
};

/** Asks why a lead is not worth an offer, which the status needs. */
export default function UnqualifyDialog({ finalFocus, onClose, onConfirm }: Props) {
  const { t, i18n } = useLingui();
  const { control, register, handleSubmit, formState } = useForm<z.input<typeof schema>, unknown, Reason>({
    resolver: zodResolver(schema),
    defaultValues: { unqualifiedNote: "" },
  });
  const { errors } = formState;
  const confirm = ({ unqualifiedReason, unqualifiedNote }: Reason) =>
    onConfirm({ unqualifiedReason, ...(unqualifiedNote && { unqualifiedNote }) });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      finalFocus={finalFocus}
      size="small"
      title={t`Why is it unqualified?`}
    >
      <form noValidate onSubmit={handleSubmit(confirm)}>
        <DialogBody>
          <Controller
            control={control}
            name="unqualifiedReason"
            render={({ field }) => (
              <Field label={t`Reason`} error={errors.unqualifiedReason?.message} required>
                {(props) => (
                  <Select
                    {...props}
                    options={unqualifiedReasons.map((value) => ({
                      value,
                      label: i18n._(reasonLabels[value]),
                    }))}
                    value={field.value ?? null}
                    onValueChange={field.onChange}
                    placeholder={t`Choose a reason`}
                  />
                )}
              </Field>
            )}
          />
          <Field label={t`Note`} error={errors.unqualifiedNote?.message}>
            {(props) => <Textarea {...props} {...register("unqualifiedNote")} maxLength={2000} />}
          </Field>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary">
            <Trans>Mark as unqualified</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

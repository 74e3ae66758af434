import { t as now } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/textarea";
import { zodResolver } from "@/lib/zod-resolver";
import type { Deal } from "./deal";

const schema = z.object({
  lostReason: z.string().check(z.trim(), z.minLength(1, { error: () => now`A reason is required` })),
});

type Props = {
  deal: Deal;
  finalFocus?: () => HTMLElement | null;
  onClose: () => void;
  onConfirm: (lostReason: string) => void;
};

/** Asks why a deal is lost, which the server demands. */
export default function LostDialog({ deal, finalFocus, onClose, onConfirm }: Props) {
  const { t } = useLingui();
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { lostReason: deal.lostReason ?? "" },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      finalFocus={finalFocus}
      size="small"
      title={t`Why is it lost?`}
      description={deal.name}
    >
      <form noValidate onSubmit={handleSubmit(({ lostReason }) => onConfirm(lostReason))}>
        <DialogBody>
          <Field label={t`Reason`} error={formState.errors.lostReason?.message} required>
            {(props) => <Textarea {...props} {...register("lostReason")} maxLength={500} />}
          </Field>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary">
            <Trans>Mark as lost</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { hasCode } from "@/api/errors";
import { FormError } from "@/components/form-error";
import { ConvertPanel } from "@/components/panels";
import { describeProblem } from "@/components/problem";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Skeleton } from "@/components/ui/skeleton";
import type { Conversion, ConvertChoice, ConvertPart } from "@/lib/feature";
import type { Lead } from "../status";
import { ConversionPreview } from "./conversion-preview";
import { candidatesQuery } from "./convert-queries";
import { type Choice, CustomerChoice } from "./customer-choice";
import { convertLead, useConvert } from "./use-convert";

type Props = {
  lead: Lead;
  finalFocus?: () => HTMLElement | null;
  onClose: () => void;
  onConverted: (conversion: Conversion) => void;
};

/** Makes a customer of a lead: whom, what comes of it, and what is made along. */
export default function ConvertDialog({ lead, finalFocus, onClose, onConverted }: Props) {
  const { t } = useLingui();
  const found = useQuery(candidatesQuery(lead));
  const [chosen, setChosen] = useState<Choice | null>(null);
  const part = useRef<ConvertPart>(null);
  const convert = useConvert();

  // Whoever has the same address is the same; others are only likely to be.
  const same = found.data?.candidates.find(({ reason }) => reason === "email");
  const choice = chosen ?? { kind: same?.id ?? "new", other: null };
  const target = targetOf(choice);
  const error = convert.error ?? found.error;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!target || convert.isPending) return;
    const prepared = (await part.current?.prepare()) ?? "nothing";
    if (prepared === "incomplete") return;
    const send = prepared === "nothing" ? convertLead(lead) : prepared;
    convert.mutate({ choice: target, send }, { onSuccess: onConverted });
  };

  return (
    <Dialog open onOpenChange={onClose} finalFocus={finalFocus} title={t`Convert ${lead.name}`}>
      <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
        <DialogBody>
          {error && (
            <FormError>
              {hasCode(error, "stale")
                ? t`Somebody changed ${lead.name} in the meantime. Close this and look again.`
                : describeProblem(error).title}
            </FormError>
          )}
          {found.data ? (
            <>
              <CustomerChoice {...found.data} choice={choice} onChange={setChosen} />
              {target && <ConversionPreview lead={lead} choice={target} />}
            </>
          ) : (
            !found.isError && <Skeleton className="h-56 w-full" />
          )}
          <ConvertPanel lead={lead} ref={part} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <GuardedButton
            type="submit"
            variant="primary"
            pending={convert.isPending}
            disabledReason={!(found.data && target) && t`Choose the customer first`}
          >
            <Trans>Convert</Trans>
          </GuardedButton>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

/** Whom the lead becomes; `null` while nobody is chosen. */
function targetOf({ kind, other }: Choice): ConvertChoice | null {
  if (kind === "new") return { customerId: null };
  if (kind === "other") return other && { customerId: other.id };
  return { customerId: kind };
}

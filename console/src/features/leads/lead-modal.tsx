import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { useLocation, useNavigate } from "react-router";
import { hasCode } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { ConfirmLeave } from "@/components/confirm-leave";
import { useCustomForm } from "@/components/custom-fields/use-custom-form";
import { withCustom } from "@/components/custom-fields/with-custom";
import { DuplicateError } from "@/components/duplicate-error";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { zodResolver } from "@/lib/zod-resolver";
import { notify } from "@/stores/toast";
import { LeadForm } from "./lead-form";
import { emptyLead, type LeadInput, leadSchema } from "./lead-schema";
import { useCreateLead } from "./mutations";

const fields = ["name", "emailId", "phone", "company", "source", "status", "tags"] as const;

/** Makes a lead, over the list or the board. */
export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { search } = useLocation();
  const close = () => navigate({ pathname: "..", search }, { relative: "path" });
  const form = useForm({ resolver: zodResolver(leadSchema), defaultValues: emptyLead });
  const create = useCreateLead();
  const custom = useCustomForm("lead");
  const made = create.data;
  // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
  useEffect(() => {
    if (!made) return;
    notify({ title: t`${made.name} is created` });
    navigate(`/leads/${made.id}`, { replace: true });
  }, [made, navigate, t]);
  const { isDirty, errors } = form.formState;
  const isDuplicate = hasCode(create.error, "duplicate");

  const submit = ({ agent, tags, custom: drafts, name, status, ...texts }: LeadInput) => {
    const values = custom.read(drafts, form.setError);
    if (!values) return;
    create.mutate(
      {
        allowDuplicate: isDuplicate,
        lead: {
          name,
          status,
          tags,
          ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== "")),
          ...(agent && { assignedAgent: agent.id }),
          ...(Object.keys(values).length > 0 && { custom: withCustom({}, values) }),
        },
      },
      {
        onError: (error) =>
          !hasCode(error, "duplicate") && applyProblem(error, [...fields, ...custom.names], form.setError),
      },
    );
  };

  return (
    <Dialog open onOpenChange={close} dismissible={!isDirty} title={t`New lead`}>
      <ConfirmLeave when={isDirty && !made} />
      <form noValidate onSubmit={form.handleSubmit(submit)} className="flex min-h-0 flex-col">
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          {hasCode(create.error, "duplicate") && (
            <DuplicateError resource="lead" body={create.error.body}>
              <Trans>A lead with this email exists already.</Trans>
            </DuplicateError>
          )}
          <LeadForm form={form} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={create.isPending}>
            {isDuplicate ? <Trans>Create all the same</Trans> : <Trans>Create lead</Trans>}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

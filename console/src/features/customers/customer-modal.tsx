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
import { CustomerForm } from "./customer-form";
import { type CustomerInput, customerSchema, emptyCustomer } from "./customer-schema";
import { useCreateCustomer } from "./mutations";

const fields = ["name", "company", "emailId", "phone", "owner", "tags"] as const;

/** Makes a customer, over the list. */
export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { search } = useLocation();
  const form = useForm({ resolver: zodResolver(customerSchema), defaultValues: emptyCustomer });
  const create = useCreateCustomer();
  const custom = useCustomForm("customer");
  const made = create.data;
  // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
  useEffect(() => {
    if (!made) return;
    notify({ title: t`${made.name} is created` });
    navigate(`/customers/${made.id}`);
  }, [made, navigate, t]);
  const { isDirty, errors } = form.formState;
  const isDuplicate = hasCode(create.error, "duplicate");
  const close = () => navigate(`/customers${search}`);

  const submit = ({ owner, tags, custom: drafts, name, ...texts }: CustomerInput) => {
    const values = custom.read(drafts, form.setError);
    if (!values) return;
    create.mutate(
      {
        allowDuplicate: isDuplicate,
        customer: {
          name,
          tags,
          ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== "")),
          ...(owner && { owner: owner.id }),
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
    <Dialog open onOpenChange={close} dismissible={!isDirty} title={t`New customer`}>
      <ConfirmLeave when={isDirty && !made} />
      <form noValidate onSubmit={form.handleSubmit(submit)} className="flex min-h-0 flex-col">
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          {hasCode(create.error, "duplicate") && (
            <DuplicateError resource="customer" body={create.error.body}>
              <Trans>A customer with this email exists already.</Trans>
            </DuplicateError>
          )}
          <CustomerForm form={form} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={create.isPending}>
            {isDuplicate ? <Trans>Create all the same</Trans> : <Trans>Create customer</Trans>}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

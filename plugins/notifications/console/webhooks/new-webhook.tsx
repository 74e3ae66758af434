import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import { useNavigate } from "react-router";
import { applyProblem } from "@/components/apply-problem";
import { ConfirmLeave } from "@/components/confirm-leave";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { zodResolver } from "@/lib/zod-resolver";
import { useCreateWebhook } from "./mutations";
import { SecretDialog } from "./secret-dialog";
import { WebhookForm } from "./webhook-form";
import { webhookFields, webhookSchema } from "./webhook-schema";

/** Makes a webhook, over the list, and then shows its secret. */
export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const form = useForm({
    resolver: zodResolver(webhookSchema),
    defaultValues: { name: "", url: "", eventTypes: [] },
  });
  const create = useCreateWebhook();
  const { isDirty } = form.formState;
  if (create.data) {
    const { secret, webhook } = create.data;
    return (
      <SecretDialog secret={secret} onClose={() => navigate(`/webhooks/${webhook.id}`, { replace: true })} />
    );
  }
  return (
    <Dialog open onOpenChange={() => navigate("/webhooks")} dismissible={!isDirty} title={t`New webhook`}>
      <ConfirmLeave when={isDirty} />
      <form
        noValidate
        className="flex min-h-0 flex-col"
        onSubmit={form.handleSubmit((input) =>
          create.mutate(input, { onError: (error) => applyProblem(error, webhookFields, form.setError) }),
        )}
      >
        <DialogBody>
          <WebhookForm form={form} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={() => navigate("/webhooks")}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={create.isPending}>
            <Trans>Create webhook</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

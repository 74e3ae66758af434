import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useNavigate, useParams } from "react-router";
import { hasCode } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { ConfirmLeave } from "@/components/confirm-leave";
import { StaleError } from "@/components/stale-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { zodResolver } from "@/lib/zod-resolver";
import { useUpdateWebhook } from "./mutations";
import { type Webhook, webhookQuery } from "./queries";
import { WebhookForm } from "./webhook-form";
import { type WebhookInput, webhookFields, webhookSchema } from "./webhook-schema";

/** Changes a webhook, over its page. */
export function Component() {
  const { id = "" } = useParams();
  const { data: webhook } = useQuery(webhookQuery(id));
  return webhook && <EditWebhook webhook={webhook} />;
}

const inputOf = ({ name, url, eventTypes }: Webhook): WebhookInput => ({ name, url, eventTypes });

function EditWebhook({ webhook }: { webhook: Webhook }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  /** What the form began with: the webhook may change beneath it. */
  const [base, setBase] = useState(webhook);
  const [theirs, setTheirs] = useState<Webhook | null>(null);
  const [isSaved, setSaved] = useState(false);
  const form = useForm({ resolver: zodResolver(webhookSchema), defaultValues: inputOf(webhook) });
  const update = useUpdateWebhook();
  const { isDirty } = form.formState;
  const close = () => navigate("..", { relative: "path", replace: true });

  const save = (changes: WebhookInput, current: Webhook) => {
    setTheirs(null);
    update.mutate(
      { webhook: current, changes },
      {
        onSuccess: () => {
          setSaved(true);
          // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
          setTimeout(close);
        },
        onError: async (error) => {
          if (!hasCode(error, "stale")) return applyProblem(error, webhookFields, form.setError);
          setTheirs(await queryClient.fetchQuery({ ...webhookQuery(webhook.id), staleTime: 0 }));
        },
      },
    );
  };

  return (
    <Dialog open onOpenChange={close} dismissible={!isDirty} title={t`Edit webhook`}>
      <ConfirmLeave when={isDirty && !isSaved} />
      <form
        noValidate
        className="flex min-h-0 flex-col"
        onSubmit={form.handleSubmit((input) => save(input, base))}
      >
        <DialogBody>
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
          <WebhookForm form={form} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={update.isPending}>
            <Trans>Save</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

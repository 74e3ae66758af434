import { Trans, useLingui } from "@lingui/react/macro";
import { ArrowLeft, Ellipsis, KeyRound, Pencil, Power, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useMayRecord, useMe } from "@/api/me";
import { PageHeader } from "@/components/page-header";
import { notifyError } from "@/components/problem";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GuardedButton } from "@/components/ui/guarded-button";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { notify } from "@/stores/toast";
import { useDeleteWebhook, usePing, useRotateSecret, useUpdateWebhook } from "./mutations";
import type { Webhook } from "./queries";
import { SecretDialog } from "./secret-dialog";
import { WebhookState } from "./webhook-state";

/** What a webhook is called, whether it is on, and what can be done to it. */
export function WebhookHeader({ webhook }: { webhook: Webhook }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<"delete" | "rotate" | null>(null);
  const ping = usePing();
  const update = useUpdateWebhook();
  const rotate = useRotateSecret();
  const remove = useDeleteWebhook();
  const mayUpdate = useMayRecord("notifications.webhook", "update", webhook.id);
  const mayDelete = useMayRecord("notifications.webhook", "delete", webhook.id);
  const isOwner = useMe().id === webhook.owner;
  const denied = !mayUpdate && t`You may not change this webhook`;
  const deniedToOthers = denied || (!isOwner && t`Only its owner may do this`);
  const setEnabled = (isEnabled: boolean) =>
    update.mutate({ webhook, changes: { isEnabled } }, { onError: notifyError });

  return (
    <>
      <PageHeader
        title={webhook.name}
        aside={<WebhookState webhook={webhook} />}
        actions={
          <>
            <GuardedButton
              pending={ping.isPending}
              disabledReason={denied || (!webhook.isEnabled && t`It is switched off`)}
              icon={<Send size={16} aria-hidden />}
              onClick={() =>
                ping.mutate(webhook.id, {
                  onSuccess: () =>
                    notify({ title: t`A ping is on its way. What comes of it shows in the log.` }),
                })
              }
            >
              <Trans>Ping</Trans>
            </GuardedButton>
            <GuardedButton
              disabledReason={deniedToOthers}
              icon={<Pencil size={16} aria-hidden />}
              onClick={() => navigate(`/webhooks/${webhook.id}/edit`)}
            >
              <Trans>Edit</Trans>
            </GuardedButton>
            <Menu trigger={<IconButton label={t`More actions`} icon={<Ellipsis size={16} aria-hidden />} />}>
              {webhook.isEnabled ? (
                <MenuItem
                  icon={<Power size={16} aria-hidden />}
                  disabledReason={denied}
                  onClick={() => setEnabled(false)}
                >
                  <Trans>Switch off</Trans>
                </MenuItem>
              ) : (
                <MenuItem
                  icon={<Power size={16} aria-hidden />}
                  disabledReason={deniedToOthers}
                  onClick={() => setEnabled(true)}
                >
                  <Trans>Switch on</Trans>
                </MenuItem>
              )}
              <MenuItem
                icon={<KeyRound size={16} aria-hidden />}
                disabledReason={deniedToOthers}
                onClick={() => setAsked("rotate")}
              >
                <Trans>Make another secret…</Trans>
              </MenuItem>
              <MenuItem
                icon={<Trash2 size={16} aria-hidden />}
                danger
                disabledReason={!mayDelete && t`You may not delete this webhook`}
                onClick={() => setAsked("delete")}
              >
                <Trans>Delete…</Trans>
              </MenuItem>
            </Menu>
          </>
        }
      >
        <Link to="/webhooks" className="inline-flex h-7 items-center gap-1 hover:text-text">
          <ArrowLeft size={14} aria-hidden className="rtl:rotate-180" />
          <Trans>Webhooks</Trans>
        </Link>
      </PageHeader>
      <ConfirmDialog
        open={asked === "rotate"}
        title={t`Make another secret?`}
        action={t`Make another secret`}
        pending={rotate.isPending}
        onCancel={() => setAsked(null)}
        onConfirm={() => rotate.mutate(webhook.id, { onSettled: () => setAsked(null) })}
      >
        <Trans>For a day events are signed by both, so that the receiver can change over.</Trans>
      </ConfirmDialog>
      <ConfirmDialog
        open={asked === "delete"}
        title={t`Delete ${webhook.name}?`}
        action={t`Delete`}
        danger
        pending={remove.isPending}
        onCancel={() => setAsked(null)}
        onConfirm={() =>
          remove.mutate(webhook, {
            onSuccess: () => navigate("/webhooks", { replace: true }),
            onError: () => setAsked(null),
          })
        }
      >
        <Trans>
          Its receiver is told nothing any more, and the log of its deliveries is deleted with it.
        </Trans>
      </ConfirmDialog>
      {rotate.data && <SecretDialog secret={rotate.data.secret} isRotated onClose={rotate.reset} />}
    </>
  );
}

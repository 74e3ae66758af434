import { msg } from "@lingui/core/macro";
import { Plural } from "@lingui/react/macro";
import { useUserName } from "@/api/users";
import type { Column } from "@/components/data-grid/column";
import { RelativeTime } from "@/components/relative-time";
import type { Webhook } from "./queries";
import { WebhookState } from "./webhook-state";

export const nameOfWebhook = ({ name }: Webhook) => name;
export const hrefOfWebhook = ({ id }: Webhook) => `/webhooks/${id}`;

export const webhookColumns: readonly Column<Webhook>[] = [
  { id: "name", header: msg`Name`, width: 180, grow: 2, cell: nameOfWebhook },
  {
    id: "state",
    header: msg({ message: "State", context: "Whether a webhook is on" }),
    width: 190,
    cell: (webhook) => <WebhookState webhook={webhook} />,
  },
  {
    id: "url",
    header: msg`Address`,
    width: 220,
    grow: 3,
    cell: ({ url }) => <span className="truncate text-text-muted">{url}</span>,
  },
  {
    id: "events",
    header: msg`Events`,
    width: 110,
    hiddenInCard: true,
    cell: ({ eventTypes }) => <Plural value={eventTypes.length} one="# event" other="# events" />,
  },
  {
    id: "owner",
    header: msg`Owner`,
    width: 150,
    grow: 1,
    hiddenInCard: true,
    cell: ({ owner }) => <OwnerName id={owner} />,
  },
  {
    id: "createdAt",
    header: msg`Created`,
    width: 110,
    sort: "createdAt",
    hiddenInCard: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

export function OwnerName({ id }: { id: string }) {
  return <span className="truncate">{useUserName(id)}</span>;
}

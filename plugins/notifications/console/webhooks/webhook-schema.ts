import { t } from "@lingui/core/macro";
import * as z from "zod/mini";

const isAddress = (text: string) => /^https?:\/\/\S+$/.test(text);

/** What the form asks for. The server checks it too, and to where it may go. */
export const webhookSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
  url: z
    .string()
    .check(
      z.trim(),
      z.refine(isAddress, { error: () => t`An address that begins with https:// is required` }),
    ),
  eventTypes: z.array(z.string()).check(z.minLength(1, { error: () => t`Choose at least one event` })),
});

export type WebhookInput = z.output<typeof webhookSchema>;

export const webhookFields = ["name", "url", "eventTypes"] as const;

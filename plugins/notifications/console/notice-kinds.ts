import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import {
  AtSign,
  CircleX,
  Clock,
  FileUp,
  type LucideIcon,
  Trophy,
  UserRoundCheck,
  UserRoundPlus,
  Webhook,
} from "lucide-react";
import { recordPath } from "@/lib/record-path";
import type { Notice } from "./queries";

type Kind = { label: MessageDescriptor; icon: LucideIcon };

/** Why one is told. */
export const kinds: Record<Notice["kind"], Kind> = {
  assigned: { label: msg`Assigned to you`, icon: UserRoundPlus },
  mentioned: { label: msg`Mentioned you in a note`, icon: AtSign },
  taskDue: { label: msg`Task reminder`, icon: Clock },
  leadConverted: { label: msg`Your lead was converted`, icon: UserRoundCheck },
  dealWon: { label: msg`Your deal was won`, icon: Trophy },
  dealLost: { label: msg`Your deal was lost`, icon: CircleX },
  importFinished: { label: msg`Your import is finished`, icon: FileUp },
  webhookDisabled: { label: msg`Your webhook was switched off`, icon: Webhook },
};

/** Where what happened can be looked at. */
export function noticePath({ kind, resource, resourceId }: Notice): string | null {
  return kind === "importFinished" ? `/imports/${resourceId}` : recordPath(resource, resourceId);
}

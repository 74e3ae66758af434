import { useLingui } from "@lingui/react";
import type { components } from "@/api/schema";
import { Badge } from "../ui/badge";
import { statusLabels, statusTones } from "./status-labels";

export function StatusBadge({ status }: { status: components["schemas"]["LeadStatus"] }) {
  const { i18n } = useLingui();
  return <Badge tone={statusTones[status]}>{i18n._(statusLabels[status])}</Badge>;
}

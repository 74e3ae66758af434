import { useLingui } from "@lingui/react";
import { Badge } from "../ui/badge";
import { priorityLabels, priorityTones, type TaskPriority } from "./task";

export function PriorityBadge({ priority }: { priority: TaskPriority }) {
  const { i18n } = useLingui();
  return <Badge tone={priorityTones[priority]}>{i18n._(priorityLabels[priority])}</Badge>;
}

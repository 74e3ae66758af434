import { Badge } from "@/components/ui/badge";
import { kindTones, type StageReference } from "./deal";

export function StageBadge({ stage: { name, kind } }: { stage: StageReference }) {
  return <Badge tone={kindTones[kind]}>{name}</Badge>;
}

import { useLingui } from "@lingui/react/macro";
import { RelativeTime } from "@/components/relative-time";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import type { Lead } from "../status";

/** What a card says beneath the lead's name. */
export function LeadCard({ lead }: { lead: Lead }) {
  const { t } = useLingui();
  const { company, tags, assignedAgent, createdAt } = lead;
  return (
    <>
      {company && <p className="truncate text-text-muted">{company}</p>}
      {tags.length > 0 && (
        <p className="flex flex-wrap gap-1">
          {tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </p>
      )}
      <div className="flex items-center justify-between gap-2 text-sm text-text-muted">
        <RelativeTime at={createdAt} />
        {assignedAgent && (
          <span className="flex" title={assignedAgent.name}>
            <Avatar name={assignedAgent.name} />
            <span className="sr-only">{t`Agent: ${assignedAgent.name}`}</span>
          </span>
        )}
      </div>
    </>
  );
}

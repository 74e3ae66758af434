import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "react-router";
import type { components } from "@/api/schema";
import { RelativeTime } from "@/components/relative-time";
import { activityVerb } from "@/components/timeline/activity-verb";
import { Avatar } from "@/components/ui/avatar";
import { Card } from "@/components/ui/card";
import { recordPath } from "@/lib/record-path";

/** What was done last to leads, customers and tasks. */
export function RecentActivity({ entries }: { entries: components["schemas"]["RecentActivity"][] }) {
  const { t } = useLingui();
  return (
    <Card title={t`Recent activity`}>
      {entries.length === 0 ? (
        <p className="text-text-muted">
          <Trans>Nothing has happened yet.</Trans>
        </p>
      ) : (
        <ol className="flex flex-col gap-3">
          {entries.map(({ id, actor, action, record, at }) => (
            <li key={id} className="flex gap-2">
              <Avatar name={actor.name} className="mt-0.5" />
              <p className="min-w-0 break-words">
                <span className="font-medium">{actor.name}</span> {activityVerb({ action, changes: {} })}{" "}
                <Link to={recordPath(record.type, record.id) ?? "/"} className="font-medium hover:underline">
                  {record.name}
                </Link>{" "}
                <span className="whitespace-nowrap text-text-muted">
                  · <RelativeTime at={at} />
                </span>
              </p>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

import { useLingui } from "@lingui/react/macro";
import { Link } from "react-router";
import { NoteText } from "@/components/note-text";
import { activityVerb } from "@/components/timeline/activity-verb";
import { ChangeList } from "@/components/timeline/change-list";
import type { Activity } from "@/components/timeline/timeline";
import { Avatar } from "@/components/ui/avatar";
import { formatTime } from "@/lib/format";
import { recordPath } from "@/lib/record-path";
import { useFieldLabels } from "./use-field-labels";

/** Who did what to which record, and what it held before and since. */
export function ActivityRow({ activity }: { activity: Activity }) {
  const { t } = useLingui();
  const labels = useFieldLabels();
  const { actor, action, at, changes, resource, resourceId, resourceName, address } = activity;
  // Who signs in is named already.
  const isSelf = resourceId === actor.id;
  const path = recordPath(resource, resourceId);
  const note = changes.note?.to;
  const by = actor.owner ? t`${actor.name} for ${actor.owner.name}` : actor.name;
  return (
    <li className="flex gap-3 border-b px-4 py-2.5 sm:px-6">
      <time dateTime={at} className="w-16 shrink-0 text-sm text-text-muted">
        {formatTime(at)}
      </time>
      <Avatar name={actor.name} />
      <div className="min-w-0 grow">
        <p className="break-words">
          <span className="font-medium">{by}</span> {activityVerb(activity)}{" "}
          {isSelf ? null : path ? (
            <Link to={path} className="rounded-sm font-medium hover:underline">
              {resourceName ?? t`a record`}
            </Link>
          ) : (
            <span className="font-medium">{resourceName}</span>
          )}{" "}
          <span className="text-sm text-text-muted">{kindOf(resource)}</span>
        </p>
        {typeof note === "string" && (
          <div className="mt-1 text-text-muted">
            <NoteText text={note} />
          </div>
        )}
        {!action.endsWith(".created") && <ChangeList changes={changes} fieldLabels={labels} />}
      </div>
      {address && <span className="text-sm text-text-muted max-sm:hidden">{address}</span>}
    </li>
  );

  function kindOf(kind: string): string | null {
    switch (kind) {
      case "lead":
        return t`Lead`;
      case "customer":
        return t`Customer`;
      case "task":
        return t`Task`;
      case "team":
        return t`Team`;
      case "role":
        return t`Role`;
      case "view":
        return t`View`;
      default:
        return null;
    }
  }
}

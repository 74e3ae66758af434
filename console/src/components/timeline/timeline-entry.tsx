import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { recordPath } from "@/lib/record-path";
import { NoteText } from "../note-text";
import { RelativeTime } from "../relative-time";
import { Avatar } from "../ui/avatar";
import { activityVerb } from "./activity-verb";
import { ChangeList, type NameOfValue } from "./change-list";
import type { Activity } from "./timeline";

type Props = {
  activity: Activity;
  /** The record whose timeline it is needs no name in it. */
  recordId: string;
  fieldLabels: Readonly<Record<string, string>>;
  nameOfValue: NameOfValue | undefined;
  actions: ReactNode;
};

export function TimelineEntry({ activity, recordId, fieldLabels, nameOfValue, actions }: Props) {
  const { t } = useLingui();
  const { actor, action, at, changes, resource, resourceId, resourceName } = activity;
  const by = actor.owner ? t`${actor.name} for ${actor.owner.name}` : actor.name;
  const path = resourceId === recordId ? null : recordPath(resource, resourceId);
  const note = changes.note?.to;
  return (
    <li className="relative flex gap-3 pb-4 before:absolute before:inset-y-0 before:start-2.5 before:w-px before:bg-line last:before:hidden">
      <Avatar name={actor.name} className="relative mt-0.5" />
      <div className="min-w-0 grow">
        <p>
          <span className="font-medium">{by}</span> <span>{activityVerb(activity)}</span>{" "}
          {resourceId === recordId ? (
            !action.includes(".note-") && t`this record`
          ) : path ? (
            <Link to={path} className="font-medium hover:underline">
              {resourceName ?? t`a record`}
            </Link>
          ) : (
            <span className="font-medium">{resourceName}</span>
          )}{" "}
          <span className="whitespace-nowrap text-text-muted">
            · <RelativeTime at={at} />
          </span>
        </p>
        {typeof note === "string" && (
          <div className="mt-1 flex items-start gap-2 rounded-md border border-line bg-canvas px-3 py-2">
            <div className="min-w-0 grow">
              <NoteText text={note} />
            </div>
            {actions}
          </div>
        )}
        {/* Of a new record all fields are new; they stand beside the timeline. */}
        {!action.endsWith(".created") && <ChangeList {...{ changes, fieldLabels, nameOfValue }} />}
      </div>
    </li>
  );
}

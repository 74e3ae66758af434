import { t } from "@lingui/core/macro";
import type { Activity } from "./timeline";

/** What somebody did, as the words between them and what they did it to. */
export function activityVerb({ action, changes }: Pick<Activity, "action" | "changes">): string {
  if (action.endsWith(".edited") && "status" in changes) return t`changed the status of`;
  switch (action) {
    case "customer.note-added":
      return t`wrote a note`;
    case "customer.note-removed":
      return t`removed a note`;
    case "task.reminder-due":
      return t`reminded of`;
    case "session.started":
      return t`signed in`;
    case "session.ended":
      return t`signed out`;
    case "user.sign-in-failed":
      return t`failed to sign in`;
    case "user.password-changed":
      return t`changed the password of`;
    case "user.password-link-issued":
      return t`made a password link for`;
    case "user.recovery-code-used":
      return t`signed in by a recovery code`;
    case "user.recovery-codes-renewed":
      return t`renewed the recovery codes of`;
    case "user.second-factor-started":
      return t`began to set up a second factor`;
    case "user.second-factor-enabled":
      return t`set up a second factor`;
    case "user.second-factor-removed":
      return t`removed the second factor of`;
    case "user.records-reassigned":
      return t`gave away the records of`;
    case "deals.deal-moved":
      return t`moved`;
    case "deals.deal-won":
      return t`won`;
    case "deals.deal-lost":
      return t`lost`;
  }
  // The same is done to many kinds of records: `lead.created`, `deals.deal-created`.
  switch (/[a-z]+$/.exec(action.replace(/-(started|reverted)$/, "$1"))?.[0]) {
    case "created":
      return t`created`;
    case "edited":
      return t`changed`;
    case "assigned":
      return t`assigned`;
    case "archived":
      return t({ message: "archived", context: "Somebody archived a record" });
    case "restored":
      return t`restored`;
    case "deleted":
      return t`deleted`;
    case "converted":
      return t({ message: "converted", context: "Somebody converted a lead" });
    case "unconverted":
      return t`undid the conversion of`;
    case "merged":
      return t`merged others into`;
    case "unmerged":
      return t`undid a merge into`;
    case "disabled":
      return t`disabled`;
    case "enabled":
      return t`enabled`;
    case "exportstarted":
      return t`began to export`;
    case "exported":
      return t`exported`;
    case "importstarted":
      return t`began to import`;
    case "imported":
      return t`imported`;
    case "importreverted":
      return t`took an import back:`;
    default:
      return action;
  }
}

import { Trans } from "@lingui/react/macro";
import { Avatar } from "./ui/avatar";

/** A user by name; `null` is nobody. */
export function Person({ user }: { user: { name: string } | null }) {
  if (!user) {
    return (
      <span className="text-text-muted">
        <Trans>Unassigned</Trans>
      </span>
    );
  }
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <Avatar name={user.name} />
      <span className="truncate">{user.name}</span>
    </span>
  );
}

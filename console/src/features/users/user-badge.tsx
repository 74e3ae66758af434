import { Trans } from "@lingui/react/macro";
import type { User } from "@/api/users";
import { Badge } from "@/components/ui/badge";

/** Who may not sign in, and what is no person. */
export function UserBadge({ user: { isActive, isService } }: { user: User }) {
  if (!isActive) {
    return (
      <Badge tone="red">
        <Trans>Disabled</Trans>
      </Badge>
    );
  }
  return isService ? (
    <Badge tone="violet">
      <Trans>Program</Trans>
    </Badge>
  ) : (
    <Badge tone="green">
      <Trans>Active</Trans>
    </Badge>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { CircleHelp, Ellipsis, KeyRound, ShieldOff, UserRoundCheck, UserRoundX } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useNavigate } from "react-router";
import { useMay, useMe } from "@/api/me";
import type { User } from "@/api/users";
import { Neighbours } from "@/components/data-grid/neighbours";
import { useNeighbours } from "@/components/data-grid/use-neighbours";
import { PageHeader } from "@/components/page-header";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GuardedButton } from "@/components/ui/guarded-button";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { hrefOfUser } from "../list/columns";
import { useEnableUser, useMakePasswordLink, useRemoveTwoFactor } from "../mutations";
import { PasswordLink } from "../password-link";
import { usersOf } from "../queries";
import { UserBadge } from "../user-badge";

const DisableUser = lazy(() => import("./disable-user"));

/** Who it is, and what can be done about how they get in. */
export function UserHeader({ user }: { user: User }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const isSelf = useMe().id === user.id;
  const denied = !useMay("user:manage") && t`You may not manage users`;
  const neighbours = useNeighbours(usersOf, hrefOfUser);
  const [open, setOpen] = useState<"disable" | "two-factor" | null>(null);
  const close = () => setOpen(null);
  const enable = useEnableUser();
  const makeLink = useMakePasswordLink();
  const removeTwoFactor = useRemoveTwoFactor();

  return (
    <>
      <PageHeader
        title={user.name}
        aside={<UserBadge user={user} />}
        actions={
          <>
            {!user.isService && (
              <GuardedButton
                size="small"
                pending={makeLink.isPending}
                disabledReason={denied || (!user.isActive && t`Disabled users cannot sign in`)}
                icon={<KeyRound size={14} aria-hidden />}
                onClick={() => makeLink.mutate(user.id)}
              >
                <Trans>Password link</Trans>
              </GuardedButton>
            )}
            {user.isActive ? (
              <GuardedButton
                size="small"
                disabledReason={denied || (isSelf && t`You cannot disable yourself`)}
                icon={<UserRoundX size={14} aria-hidden />}
                onClick={() => setOpen("disable")}
              >
                <Trans>Disable…</Trans>
              </GuardedButton>
            ) : (
              <GuardedButton
                size="small"
                pending={enable.isPending}
                disabledReason={denied}
                icon={<UserRoundCheck size={14} aria-hidden />}
                onClick={() => enable.mutate(user.id)}
              >
                <Trans>Enable</Trans>
              </GuardedButton>
            )}
            <Menu trigger={<IconButton label={t`More actions`} icon={<Ellipsis size={16} aria-hidden />} />}>
              <MenuItem
                icon={<CircleHelp size={16} aria-hidden />}
                onClick={() => navigate(`/roles/explain?user=${user.id}`)}
              >
                <Trans>What may they do, and why?</Trans>
              </MenuItem>
              {!user.isService && (
                <MenuItem
                  icon={<ShieldOff size={16} aria-hidden />}
                  disabledReason={denied}
                  onClick={() => setOpen("two-factor")}
                >
                  <Trans>Remove the second factor…</Trans>
                </MenuItem>
              )}
            </Menu>
          </>
        }
      >
        <Neighbours neighbours={neighbours} to="/users" label={t`Users`} />
      </PageHeader>
      <Suspense>{open === "disable" && <DisableUser user={user} onClose={close} />}</Suspense>
      <ConfirmDialog
        open={open === "two-factor"}
        title={t`Remove the second factor of ${user.name}?`}
        action={t`Remove`}
        danger
        pending={removeTwoFactor.isPending}
        onCancel={close}
        onConfirm={() => removeTwoFactor.mutate(user, { onSettled: close })}
      >
        <Trans>For somebody who has lost the device and the recovery codes. Their sessions end.</Trans>
      </ConfirmDialog>
      {makeLink.data && (
        <PasswordLink
          title={t`A new password for ${user.name}`}
          link={makeLink.data}
          onClose={makeLink.reset}
        />
      )}
    </>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Link } from "react-router";
import { useMay, useMe } from "@/api/me";
import type { User } from "@/api/users";
import { Card } from "@/components/ui/card";
import { GuardedButton } from "@/components/ui/guarded-button";

const MembershipDialog = lazy(() => import("./membership-dialog"));

/** What the user may do, and with whom. */
export function Memberships({ user }: { user: User }) {
  const { t } = useLingui();
  const isSelf = useMe().id === user.id;
  const mayManage = useMay("user:manage");
  const mayTeams = useMay("team:manage");
  const [changed, setChanged] = useState<"roles" | "teams" | null>(null);
  const refusal = isSelf
    ? t`You cannot change what you yourself may do`
    : !mayManage && t`You may not manage users`;
  return (
    <>
      <Group
        title={t`Roles`}
        items={user.roles}
        hrefOf={(id) => `/roles/${id}`}
        none={t`No role: they may do nothing.`}
        disabledReason={refusal}
        onChange={() => setChanged("roles")}
      />
      <Group
        title={t`Teams`}
        items={user.teams}
        hrefOf={(id) => `/teams/${id}`}
        none={t`In no team.`}
        disabledReason={refusal || (!mayTeams && t`You may not manage teams`)}
        onChange={() => setChanged("teams")}
      />
      <Suspense>
        {changed && <MembershipDialog user={user} field={changed} onClose={() => setChanged(null)} />}
      </Suspense>
    </>
  );
}

type GroupProps = {
  title: string;
  items: User["roles"];
  hrefOf: (id: string) => string;
  none: ReactNode;
  disabledReason: string | false;
  onChange: () => void;
};

function Group({ title, items, hrefOf, none, disabledReason, onChange }: GroupProps) {
  const { t } = useLingui();
  return (
    <Card
      title={title}
      actions={
        <GuardedButton
          size="small"
          disabledReason={disabledReason}
          aria-label={t`Change: ${title}`}
          onClick={onChange}
        >
          <Trans>Change</Trans>
        </GuardedButton>
      }
    >
      {items.length === 0 ? (
        <p className="text-text-muted">{none}</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {items.map(({ id, name }) => (
            <li key={id}>
              <Link to={hrefOf(id)} className="rounded-sm text-accent-text hover:underline">
                {name}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

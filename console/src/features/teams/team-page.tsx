import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Compass, Pencil, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useMay } from "@/api/me";
import { type Team, teamsQuery } from "@/api/teams";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Skeleton } from "@/components/ui/skeleton";
import { useDeleteTeam } from "./mutations";
import { TeamMembers } from "./team-members";

const TeamDialog = lazy(() => import("./team-dialog"));

export function Component() {
  const { t } = useLingui();
  const { id = "" } = useParams();
  const { data: teams, error, refetch } = useQuery(teamsQuery);
  const team = teams?.find((other) => other.id === id);
  if (team) return <Loaded key={id} team={team} />;
  return (
    <>
      <PageHeader title={t`Team`} />
      {error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : teams ? (
        <EmptyState icon={Compass} title={t`There is no such team`} actions={<BackLink />} />
      ) : (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-32 w-full" />
        </div>
      )}
    </>
  );
}

function Loaded({ team }: { team: Team }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const denied = !useMay("team:manage") && t`You may not manage teams`;
  const [open, setOpen] = useState<"rename" | "delete" | null>(null);
  const close = () => setOpen(null);
  const remove = useDeleteTeam();
  return (
    <>
      <PageHeader
        title={team.name}
        actions={
          <>
            <GuardedButton
              size="small"
              disabledReason={denied}
              icon={<Pencil size={14} aria-hidden />}
              onClick={() => setOpen("rename")}
            >
              <Trans>Rename</Trans>
            </GuardedButton>
            <GuardedButton
              size="small"
              disabledReason={denied}
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => setOpen("delete")}
            >
              <Trans>Delete…</Trans>
            </GuardedButton>
          </>
        }
      >
        <BackLink />
      </PageHeader>
      <div className="max-w-3xl px-4 pb-6 sm:px-6">
        <TeamMembers team={team} />
      </div>
      <Suspense>{open === "rename" && <TeamDialog team={team} onClose={close} onSaved={close} />}</Suspense>
      <ConfirmDialog
        open={open === "delete"}
        title={t`Delete the team ${team.name}?`}
        action={t`Delete`}
        danger
        pending={remove.isPending}
        onCancel={close}
        onConfirm={() =>
          remove.mutate(team, { onSuccess: () => navigate("/teams", { replace: true }), onSettled: close })
        }
      >
        <Trans>Only a team that nobody is in can be deleted.</Trans>
      </ConfirmDialog>
    </>
  );
}

function BackLink() {
  return (
    <Link to="/teams" className="inline-flex h-7 items-center gap-1 rounded-sm text-sm hover:text-text">
      <ArrowLeft size={14} aria-hidden className="rtl:rotate-180" />
      <Trans>Teams</Trans>
    </Link>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight, Plus, Users } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useMay } from "@/api/me";
import { teamsQuery } from "@/api/teams";
import { AccessTabs } from "@/components/access-tabs";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { RelativeTime } from "@/components/relative-time";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Skeleton } from "@/components/ui/skeleton";

const TeamDialog = lazy(() => import("./team-dialog"));

/** The teams, each of which leads to its members. */
export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const mayManage = useMay("team:manage");
  const [isMaking, setMaking] = useState(false);
  const { data: teams, error, refetch } = useQuery(teamsQuery);
  return (
    <>
      <PageHeader
        title={t`Teams`}
        actions={
          <GuardedButton
            variant="primary"
            disabledReason={!mayManage && t`You may not manage teams`}
            icon={<Plus size={16} aria-hidden />}
            onClick={() => setMaking(true)}
          >
            <Trans>New team</Trans>
          </GuardedButton>
        }
      />
      <AccessTabs />
      {error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : !teams ? (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-32 w-full" />
        </div>
      ) : teams.length === 0 ? (
        <EmptyState icon={Users} title={t`No teams yet`}>
          <Trans>A team is a group of users. Roles can reach the records of everybody in one's teams.</Trans>
        </EmptyState>
      ) : (
        <ul className="border-t bg-surface">
          {teams.map(({ id, name, createdAt }) => (
            <li
              key={id}
              className="relative flex min-h-10 items-center gap-3 border-b px-4 hover:bg-hover sm:px-6"
            >
              <Link to={`/teams/${id}`} className="grow truncate font-medium after:absolute after:inset-0">
                {name}
              </Link>
              <span className="text-sm text-text-muted">
                <Trans>
                  made <RelativeTime at={createdAt} />
                </Trans>
              </span>
              <ChevronRight size={16} aria-hidden className="text-text-muted rtl:rotate-180" />
            </li>
          ))}
        </ul>
      )}
      <Suspense>
        {isMaking && (
          <TeamDialog
            team={undefined}
            onClose={() => setMaking(false)}
            onSaved={({ id }) => navigate(`/teams/${id}`)}
          />
        )}
      </Suspense>
    </>
  );
}

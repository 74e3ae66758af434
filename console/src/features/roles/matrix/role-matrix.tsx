import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { CircleHelp, Plus } from "lucide-react";
import { Link } from "react-router";
import { useMay } from "@/api/me";
import { permissionsQuery } from "@/api/permissions";
import { rolesQuery } from "@/api/roles";
import { AccessTabs } from "@/components/access-tabs";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { buttonClass } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { ScopeLegend } from "../scope-legend";
import { MatrixTable } from "./matrix-table";

/** What each role may do, and how far that reaches. */
export function Component() {
  const { t } = useLingui();
  const mayManage = useMay("role:manage");
  const roles = useQuery(rolesQuery);
  const permissions = useQuery(permissionsQuery);
  const error = roles.error ?? permissions.error;
  return (
    <>
      <PageHeader
        title={t`Roles`}
        actions={
          <>
            <Link to="/roles/explain" className={buttonClass()}>
              <CircleHelp size={16} aria-hidden />
              <Trans>Explain</Trans>
            </Link>
            {mayManage && (
              <Link to="/roles/new" className={buttonClass({ variant: "primary" })}>
                <Plus size={16} aria-hidden />
                <Trans>New role</Trans>
              </Link>
            )}
          </>
        }
      />
      <AccessTabs />
      {error ? (
        <ErrorState
          error={error}
          onRetry={() => {
            roles.refetch();
            permissions.refetch();
          }}
        />
      ) : (
        <>
          <div className="border-b px-4 pb-3 sm:px-6">
            <ScopeLegend />
            <p className="mt-1 text-sm text-text-muted">
              <Trans>Who has several roles has the widest reach of them.</Trans>
            </p>
          </div>
          {roles.data && permissions.data ? (
            <MatrixTable roles={roles.data} permissions={permissions.data} />
          ) : (
            <div className="p-4 sm:px-6">
              <Skeleton className="h-64 w-full" />
            </div>
          )}
        </>
      )}
    </>
  );
}

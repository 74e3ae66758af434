import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Compass } from "lucide-react";
import { useParams } from "react-router";
import { useMay, useMe } from "@/api/me";
import { type Permission, permissionsQuery } from "@/api/permissions";
import { type Role, rolesQuery } from "@/api/roles";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { ScopeLegend } from "../scope-legend";
import { BackToRoles } from "./back-to-roles";
import { EditRole } from "./edit-role";
import { GrantTable } from "./grant-table";
import { RoleHeader } from "./role-header";

export function Component() {
  const { t } = useLingui();
  const { id = "" } = useParams();
  const roles = useQuery(rolesQuery);
  const permissions = useQuery(permissionsQuery);
  const role = roles.data?.find((other) => other.id === id);
  const error = roles.error ?? permissions.error;
  if (role && roles.data && permissions.data) {
    return <Loaded key={id} role={role} roles={roles.data} permissions={permissions.data} />;
  }
  return (
    <>
      <PageHeader title={t`Role`} />
      {error ? (
        <ErrorState error={error} onRetry={() => window.location.reload()} />
      ) : roles.data && permissions.data ? (
        <EmptyState icon={Compass} title={t`There is no such role`} actions={<BackToRoles />} />
      ) : (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-64 w-full" />
        </div>
      )}
    </>
  );
}

type LoadedProps = { role: Role; roles: readonly Role[]; permissions: readonly Permission[] };

function Loaded({ role, roles, permissions }: LoadedProps) {
  const mayManage = useMay("role:manage");
  const isMine = useMe().roles.some(({ id }) => id === role.id);
  return (
    <>
      <RoleHeader role={role} />
      <div className="flex flex-col gap-4 px-4 pb-6 sm:px-6">
        {role.isBuiltIn && mayManage && (
          <p className="text-text-muted">
            <Trans>This role came with the program and is not edited. Copy it to make one of your own.</Trans>
          </p>
        )}
        {isMine && !role.isBuiltIn && (
          <p className="text-text-muted">
            <Trans>You have this role yourself: somebody else has to change it.</Trans>
          </p>
        )}
        <ScopeLegend />
        {mayManage && !role.isBuiltIn && !isMine ? (
          <EditRole role={role} roles={roles} permissions={permissions} />
        ) : (
          <GrantTable permissions={permissions} grants={role.permissions} inherited={[]} />
        )}
      </div>
    </>
  );
}

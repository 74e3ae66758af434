import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { useNavigate, useSearchParams } from "react-router";
import { type Permission, permissionsQuery } from "@/api/permissions";
import { type Role, rolesQuery } from "@/api/roles";
import { applyProblem } from "@/components/apply-problem";
import { ConfirmLeave } from "@/components/confirm-leave";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { zodResolver } from "@/lib/zod-resolver";
import { notify } from "@/stores/toast";
import { useCreateRole } from "../mutations";
import { ScopeLegend } from "../scope-legend";
import { BackToRoles } from "./back-to-roles";
import { RoleForm } from "./role-form";
import { contentOf, copyOf, emptyRole, roleSchema } from "./role-schema";

/** Makes a role, from nothing or as a copy of the one that the address names. */
export function Component() {
  const { t } = useLingui();
  const roles = useQuery(rolesQuery);
  const permissions = useQuery(permissionsQuery);
  const error = roles.error ?? permissions.error;
  return (
    <>
      <PageHeader title={t`New role`}>
        <BackToRoles />
      </PageHeader>
      {error ? (
        <ErrorState error={error} onRetry={() => window.location.reload()} />
      ) : roles.data && permissions.data ? (
        <NewRole roles={roles.data} permissions={permissions.data} />
      ) : (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-64 w-full" />
        </div>
      )}
    </>
  );
}

function NewRole({ roles, permissions }: { roles: Role[]; permissions: Permission[] }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const model = roles.find(({ id }) => id === parameters.get("from"));
  const form = useForm({
    resolver: zodResolver(roleSchema),
    defaultValues: model ? copyOf(model) : emptyRole,
  });
  const create = useCreateRole();
  const made = create.data;
  // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
  useEffect(() => {
    if (!made) return;
    notify({ title: t`The role ${made.name} is created` });
    navigate(`/roles/${made.id}`, { replace: true });
  }, [made, navigate, t]);
  return (
    <form
      noValidate
      onSubmit={form.handleSubmit((input) =>
        create.mutate(contentOf(input), {
          onError: (error) => applyProblem(error, ["name", "description", "inherits"], form.setError),
        }),
      )}
      className="flex flex-col gap-4 px-4 pb-6 sm:px-6"
    >
      <ConfirmLeave when={form.formState.isDirty && !made} />
      {model && (
        <p className="text-text-muted">
          <Trans>It begins with what {model.name} grants.</Trans>
        </p>
      )}
      <ScopeLegend />
      <RoleForm form={form} others={roles} permissions={permissions} />
      <div className="flex justify-end gap-2">
        <Button onClick={() => navigate("/roles")}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" variant="primary" pending={create.isPending}>
          <Trans>Create role</Trans>
        </Button>
      </div>
    </form>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { Copy, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useMay } from "@/api/me";
import type { Role } from "@/api/roles";
import { PageHeader } from "@/components/page-header";
import { notifyError } from "@/components/problem";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Switch } from "@/components/ui/switch";
import { useDeleteRole, useUpdateRole } from "../mutations";
import { BackToRoles } from "./back-to-roles";

/** What the role is called and for, who has it, and what else can be done with it. */
export function RoleHeader({ role }: { role: Role }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const mayManage = useMay("role:manage");
  const [isDeleting, setDeleting] = useState(false);
  const remove = useDeleteRole();
  const update = useUpdateRole();
  return (
    <>
      <PageHeader
        title={role.name}
        aside={
          role.isBuiltIn && (
            <Badge>
              <Trans>Built in</Trans>
            </Badge>
          )
        }
        actions={
          <>
            <Link to={`/users?role=${role.id}`} className={buttonClass({ size: "small" })}>
              <Users size={14} aria-hidden />
              <Trans>Who has it</Trans>
            </Link>
            {mayManage && (
              <Link to={`/roles/new?from=${role.id}`} className={buttonClass({ size: "small" })}>
                <Copy size={14} aria-hidden />
                <Trans>Copy</Trans>
              </Link>
            )}
            {!role.isBuiltIn && (
              <GuardedButton
                size="small"
                disabledReason={!mayManage && t`You may not manage roles`}
                icon={<Trash2 size={14} aria-hidden />}
                onClick={() => setDeleting(true)}
              >
                <Trans>Delete…</Trans>
              </GuardedButton>
            )}
          </>
        }
      >
        <BackToRoles />
        {role.description && ` · ${role.description}`}
      </PageHeader>
      <div className="max-w-md px-4 pb-4 sm:px-6">
        <Switch
          label={t`Its users must have a second factor`}
          checked={role.demandsSecondFactor}
          disabled={!mayManage || update.isPending}
          onCheckedChange={(checked) =>
            update.mutate({ role, changes: { demandsSecondFactor: checked } }, { onError: notifyError })
          }
        />
      </div>
      <ConfirmDialog
        open={isDeleting}
        title={t`Delete the role ${role.name}?`}
        action={t`Delete`}
        danger
        pending={remove.isPending}
        onCancel={() => setDeleting(false)}
        onConfirm={() =>
          remove.mutate(role, {
            onSuccess: () => navigate("/roles", { replace: true }),
            onSettled: () => setDeleting(false),
          })
        }
      >
        <Trans>Only a role that nobody has, and no other role takes over, can be deleted.</Trans>
      </ConfirmDialog>
    </>
  );
}

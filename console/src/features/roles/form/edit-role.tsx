import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { hasCode } from "@/api/errors";
import type { Permission } from "@/api/permissions";
import { type Role, rolesQuery } from "@/api/roles";
import { applyProblem } from "@/components/apply-problem";
import { ConfirmLeave } from "@/components/confirm-leave";
import { StaleError } from "@/components/stale-error";
import { Button } from "@/components/ui/button";
import { zodResolver } from "@/lib/zod-resolver";
import { notify } from "@/stores/toast";
import { useUpdateRole } from "../mutations";
import { RoleForm } from "./role-form";
import { contentOf, inputOf, type RoleInput, roleSchema } from "./role-schema";

type Props = { role: Role; roles: readonly Role[]; permissions: readonly Permission[] };

/** Changes a role of the workspace. */
export function EditRole({ role, roles, permissions }: Props) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  /** What the form began with: the role may change beneath it. */
  const [base, setBase] = useState(role);
  const [theirs, setTheirs] = useState<Role | null>(null);
  const form = useForm({ resolver: zodResolver(roleSchema), defaultValues: inputOf(role) });
  const update = useUpdateRole();
  const { isDirty } = form.formState;

  const begin = (next: Role) => {
    setBase(next);
    setTheirs(null);
    form.reset(inputOf(next));
  };
  const save = (input: RoleInput, current: Role) => {
    setTheirs(null);
    update.mutate(
      { role: current, changes: contentOf(input) },
      {
        onSuccess: (saved) => {
          begin(saved);
          notify({ title: t`The role ${saved.name} is saved` });
        },
        onError: async (error) => {
          if (!hasCode(error, "stale")) {
            return applyProblem(error, ["name", "description", "inherits"], form.setError);
          }
          const now = await queryClient.fetchQuery({ ...rolesQuery, staleTime: 0 });
          setTheirs(now.find(({ id }) => id === role.id) ?? null);
        },
      },
    );
  };

  return (
    <form
      noValidate
      onSubmit={form.handleSubmit((input) => save(input, base))}
      className="flex flex-col gap-4"
    >
      <ConfirmLeave when={isDirty} />
      {theirs && (
        <StaleError
          onKeepMine={form.handleSubmit((input) => save(input, theirs))}
          onTakeTheirs={() => begin(theirs)}
        />
      )}
      <RoleForm form={form} others={roles.filter(({ id }) => id !== role.id)} permissions={permissions} />
      <div className="sticky bottom-0 flex justify-end gap-2 border-t bg-canvas py-3">
        <Button onClick={() => form.reset()}>
          <Trans>Reset</Trans>
        </Button>
        <Button type="submit" variant="primary" pending={update.isPending}>
          <Trans>Save</Trans>
        </Button>
      </div>
    </form>
  );
}

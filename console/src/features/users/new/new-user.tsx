import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { useLocation, useNavigate } from "react-router";
import { rolesQuery } from "@/api/roles";
import { applyProblem } from "@/components/apply-problem";
import { ConfirmLeave } from "@/components/confirm-leave";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { zodResolver } from "@/lib/zod-resolver";
import { notify } from "@/stores/toast";
import { useCreateUser } from "../mutations";
import { PasswordLink } from "../password-link";
import { UserForm } from "./user-form";
import { emptyUser, hasPassword, type UserInput, userSchema } from "./user-schema";

const fields = ["name", "emailId", "roles", "teams", "password"] as const;

/** Makes a user, over the list, and shows how they set their password. */
export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { search } = useLocation();
  const roles = useQuery(rolesQuery).data ?? [];
  const form = useForm({ resolver: zodResolver(userSchema), defaultValues: emptyUser });
  const create = useCreateUser();
  const made = create.data;
  // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
  useEffect(() => {
    if (!made || made.link) return;
    notify({ title: t`${made.user.name} is created` });
    navigate(`/users/${made.user.id}`, { replace: true });
  }, [made, navigate, t]);
  const { isDirty, errors } = form.formState;
  const close = () => navigate(`/users${search}`);

  const submit = (input: UserInput) => {
    const { kind, name, emailId, password, teams } = input;
    create.mutate(
      {
        user: { name, emailId, roles: input.roles, teams, isService: kind === "program" },
        ...(hasPassword(input) && {
          password,
          firstRole: roles.find(({ id }) => id === input.roles[0])?.name ?? "",
        }),
      },
      { onError: (error) => applyProblem(error, fields, form.setError) },
    );
  };

  if (made?.link) {
    return (
      <PasswordLink
        title={t`${made.user.name} is created`}
        link={made.link}
        onClose={() => navigate(`/users/${made.user.id}`, { replace: true })}
      />
    );
  }
  return (
    <Dialog open onOpenChange={close} dismissible={!isDirty} title={t`New user`}>
      <ConfirmLeave when={isDirty && !made} />
      <form noValidate onSubmit={form.handleSubmit(submit)} className="flex min-h-0 flex-col">
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          <UserForm form={form} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={create.isPending}>
            <Trans>Create user</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

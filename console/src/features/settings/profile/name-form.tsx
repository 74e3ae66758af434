import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { meQuery, useMe } from "@/api/me";
import { usersKey } from "@/api/users";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { notify } from "@/stores/toast";

/** What others see of one. */
export function NameForm() {
  const { t } = useLingui();
  const me = useMe();
  const queryClient = useQueryClient();
  const { register, handleSubmit, formState, setError, reset } = useForm({
    defaultValues: { name: me.name },
  });
  const save = useMutation({
    mutationFn: ({ name }: { name: string }) =>
      unwrap(client.PATCH("/api/auth/me", { params: { header: once() }, body: { name: name.trim() } })),
    meta: { showsError: true },
    onSuccess: (saved) => {
      queryClient.setQueryData(meQuery.queryKey, saved);
      queryClient.invalidateQueries({ queryKey: usersKey });
      reset({ name: saved.name });
      notify({ title: t`Your name is saved` });
    },
    onError: (error) => applyProblem(error, ["name"], setError),
  });
  const { errors } = formState;
  return (
    <form noValidate onSubmit={handleSubmit((values) => save.mutate(values))} className="flex flex-col gap-3">
      {errors.root && <FormError>{errors.root.message}</FormError>}
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-0 grow sm:max-w-80">
          <Field label={t`Name`} error={errors.name?.message}>
            {(props) => (
              <Input
                {...props}
                {...register("name", { validate: (name) => name.trim() !== "" || t`Name is required` })}
                autoComplete="name"
              />
            )}
          </Field>
        </div>
        <div className="mt-6">
          <Button type="submit" pending={save.isPending}>
            <Trans>Save</Trans>
          </Button>
        </div>
      </div>
    </form>
  );
}

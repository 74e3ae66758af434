import { t as now } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import * as z from "zod/mini";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { zodResolver } from "@/lib/zod-resolver";
import { applyProblem } from "../apply-problem";
import { CopyField } from "../copy-field";
import { FormError } from "../form-error";
import { Button } from "../ui/button";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog";
import { Field } from "../ui/field";
import { Input } from "../ui/input";
import { Select } from "../ui/select";
import { ScopePicker } from "./scope-picker";

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, { error: () => now`Name is required` })),
  days: z.enum(["30", "90", "180", "365"]),
  scopes: z.array(z.string()).check(z.minLength(1, { error: () => now`Choose at least one permission` })),
  password: z.string().check(z.minLength(1, { error: () => now`Password is required` })),
});

type KeyInput = z.output<typeof schema>;

type Props = {
  owner: string | null;
  held: readonly string[];
  onClose: () => void;
  onMade: () => void;
};

/** Makes a key, and shows its secret once. */
export default function NewApiKey({ owner, held, onClose, onMade }: Props) {
  const { t } = useLingui();
  const { register, control, handleSubmit, formState, setError } = useForm<KeyInput, unknown, KeyInput>({
    resolver: zodResolver(schema),
    defaultValues: { name: "", days: "90", scopes: [], password: "" },
  });
  const make = useMutation({
    mutationFn: ({ name, days, scopes, password }: KeyInput) =>
      unwrap(
        client.POST("/api/api-keys", {
          body: {
            name,
            scopes,
            password,
            expiresAt: new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
            ...(owner && { owner }),
          },
        }),
      ),
    meta: { showsError: true },
    onSuccess: onMade,
    onError: (error) => applyProblem(error, ["name", "scopes", "password"], setError),
  });
  const { errors } = formState;

  if (make.data) {
    return (
      <Dialog
        open
        onOpenChange={onClose}
        dismissible={false}
        title={t`The key ${make.data.apiKey.name} is made`}
      >
        <DialogBody>
          <CopyField
            label={t`Key`}
            value={make.data.token}
            description={t`The program sends it as its bearer token. It is not shown again.`}
          />
        </DialogBody>
        <DialogFooter>
          <Button variant="primary" onClick={onClose}>
            <Trans>Done</Trans>
          </Button>
        </DialogFooter>
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={onClose} dismissible={!formState.isDirty} title={t`New API key`}>
      <form
        noValidate
        onSubmit={handleSubmit((values) => make.mutate(values))}
        className="flex min-h-0 flex-col"
      >
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          <Field label={t`Name`} description={t`What it is for.`} error={errors.name?.message} required>
            {(props) => <Input {...props} {...register("name")} maxLength={200} autoComplete="off" />}
          </Field>
          <Controller
            control={control}
            name="days"
            render={({ field }) => (
              <Field label={t`Works for`}>
                {(props) => (
                  <Select
                    {...props}
                    options={[
                      { value: "30", label: t`30 days` },
                      { value: "90", label: t`90 days` },
                      { value: "180", label: t`180 days` },
                      { value: "365", label: t`a year` },
                    ]}
                    value={field.value}
                    onValueChange={field.onChange}
                  />
                )}
              </Field>
            )}
          />
          <Controller
            control={control}
            name="scopes"
            render={({ field, fieldState }) => (
              <ScopePicker
                held={held}
                value={field.value}
                onValueChange={field.onChange}
                error={fieldState.error?.message}
              />
            )}
          />
          <Field label={t`Your password`} error={errors.password?.message} required>
            {(props) => (
              <Input {...props} {...register("password")} type="password" autoComplete="current-password" />
            )}
          </Field>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={make.isPending}>
            <Trans>Make the key</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

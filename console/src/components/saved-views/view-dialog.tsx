import { t as now } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import * as z from "zod/mini";
import { client, ifUnchanged, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useMay } from "@/api/me";
import type { components } from "@/api/schema";
import type { View, ViewedResource } from "@/api/views";
import { zodResolver } from "@/lib/zod-resolver";
import { applyProblem } from "../apply-problem";
import { FormError } from "../form-error";
import { Button } from "../ui/button";
import { Checkbox } from "../ui/checkbox";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog";
import { Field } from "../ui/field";
import { Input } from "../ui/input";

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, { error: () => now`Name is required` })),
  isShared: z.boolean(),
});

type Props = {
  resource: ViewedResource;
  /** The one that is renamed or shared; otherwise a new one is made. */
  view: View | undefined;
  shown: Pick<components["schemas"]["CreateView"], "filter" | "sort" | "columns">;
  onClose: () => void;
  onSaved: (view: View) => void;
};

export default function ViewDialog({ resource, view, shown, onClose, onSaved }: Props) {
  const { t } = useLingui();
  const mayShare = useMay("view:share");
  const { register, control, handleSubmit, formState, setError } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: view?.name ?? "", isShared: view?.isShared ?? false },
  });
  const save = useMutation({
    mutationFn: (values: z.output<typeof schema>) =>
      unwrap(
        view
          ? client.PATCH("/api/views/{id}", {
              params: { path: { id: view.id }, header: ifUnchanged(view) },
              body: values,
            })
          : client.POST("/api/views", {
              params: { header: once() },
              body: { resource, ...shown, ...values },
            }),
      ),
    meta: { showsError: true },
    onSuccess: onSaved,
    onError: (error) => applyProblem(error, ["name"], setError),
  });
  const { errors } = formState;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={view ? t`Rename or share` : t`Save as a new view`}
    >
      <form noValidate onSubmit={handleSubmit((values) => save.mutate(values))}>
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          <Field label={t`Name`} error={errors.name?.message}>
            {(props) => <Input {...props} {...register("name")} />}
          </Field>
          {mayShare && (
            <Controller
              control={control}
              name="isShared"
              render={({ field }) => (
                <Checkbox
                  label={t`Others see it too`}
                  checked={field.value}
                  onCheckedChange={field.onChange}
                />
              )}
            />
          )}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={save.isPending}>
            <Trans>Save</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

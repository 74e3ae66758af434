import { t as now, plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { formatList } from "@/lib/format";
import { notify } from "@/stores/toast";

type Props = {
  resource: "lead" | "customer";
  /** The tags that give way. */
  from: string[];
  onClose: () => void;
  onDone: () => void;
};

/** One call changes 2,000 records at most, and says whether others are left. */
async function renameAll(resource: Props["resource"], from: string[], to: string) {
  let records = 0;
  let refused = 0;
  for (;;) {
    const result = await unwrap(
      client.POST("/api/tags/rename", { params: { header: once() }, body: { resource, from, to } }),
    );
    records += result.records;
    refused = result.refused;
    if (result.isComplete || result.records === 0) return { records, refused };
  }
}

/** Puts one tag in the place of others. */
export default function RenameDialog({ resource, from, onClose, onDone }: Props) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { to: from[0] ?? "" } });
  const rename = useMutation({
    mutationFn: ({ to }: { to: string }) => renameAll(resource, from, to.trim()),
    meta: { showsError: true },
    onSuccess: ({ records, refused }) => {
      notify({
        title: now`${plural(records, { one: "# record changed", other: "# records changed" })}`,
        ...(refused > 0 && {
          type: "error",
          description: now`${plural(refused, { one: "# was refused", other: "# were refused" })}`,
        }),
      });
      onDone();
    },
    onError: (error) => applyProblem(error, ["to"], setError),
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ["tags"] }),
        queryClient.invalidateQueries({ queryKey: [`${resource}s`] }),
      ]),
  });
  const { errors } = formState;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="small"
      title={from.length === 1 ? t`Rename the tag` : t`Merge the tags`}
      description={formatList(from)}
    >
      <form noValidate onSubmit={handleSubmit((values) => rename.mutate(values))}>
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          <Field
            label={t`Name`}
            description={t`When it is that of another tag, both become one. It cannot be undone.`}
            error={errors.to?.message}
            required
          >
            {(props) => (
              <Input
                {...props}
                {...register("to", { validate: (to) => to.trim() !== "" || t`Name is required` })}
                maxLength={30}
                autoComplete="off"
              />
            )}
          </Field>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={rename.isPending}>
            {from.length === 1 ? <Trans>Rename</Trans> : <Trans>Merge</Trans>}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

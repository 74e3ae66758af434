import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { useMe } from "@/api/me";
import { zodResolver } from "@/lib/zod-resolver";
import { applyProblem } from "../apply-problem";
import { FormError } from "../form-error";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { useCreateTask } from "./mutations";
import type { RelatedRecord } from "./task";

const schema = z.object({ title: z.string().check(z.trim()), dueDate: z.string() });
const empty = { title: "", dueDate: "" };

/** Adds a task of one's own about a record, without leaving it. */
export function QuickAdd({ relatedTo: { type, id } }: { relatedTo: Pick<RelatedRecord, "type" | "id"> }) {
  const { t } = useLingui();
  const me = useMe();
  const create = useCreateTask();
  const { register, handleSubmit, reset, setError, setFocus, watch, formState } = useForm({
    resolver: zodResolver(schema),
    defaultValues: empty,
  });
  const { root, title: titleError } = formState.errors;
  const error = root?.message ?? titleError?.message;
  const isEmpty = watch("title").trim() === "";

  const submit = ({ title, dueDate }: z.output<typeof schema>) => {
    if (title === "") return setFocus("title");
    create.mutate(
      { title, relatedTo: { type, id }, assignedTo: me.id, ...(dueDate && { dueDate }) },
      {
        onSuccess: () => {
          reset(empty);
          setFocus("title");
        },
        onError: (problem) => applyProblem(problem, ["title", "dueDate"], setError),
      },
    );
  };

  return (
    <form noValidate onSubmit={handleSubmit(submit)} className="flex flex-col gap-2">
      {error && <FormError>{error}</FormError>}
      <Input {...register("title")} aria-label={t`New task`} placeholder={t`Add a task`} maxLength={200} />
      {!isEmpty && (
        <div className="flex gap-2">
          <Input {...register("dueDate")} type="date" aria-label={t`Due on`} />
          <Button type="submit" pending={create.isPending}>
            <Trans>Add</Trans>
          </Button>
        </div>
      )}
    </form>
  );
}

import { useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { useMe } from "@/api/me";
import { applyProblem } from "@/components/apply-problem";
import { useCustomForm } from "@/components/custom-fields/use-custom-form";
import { withCustom } from "@/components/custom-fields/with-custom";
import { useCreateTask } from "@/components/tasks/mutations";
import { zodResolver } from "@/lib/zod-resolver";
import { notify } from "@/stores/toast";
import { TaskDialog, taskFields } from "./task-dialog";
import { contentOf, emptyTask, type TaskInput, taskSchema } from "./task-schema";

/** Makes a task, over the list or the week. */
export function Component() {
  const { t } = useLingui();
  const me = useMe();
  const navigate = useNavigate();
  const { search } = useLocation();
  // The week opens the form for one of its days.
  const day = useSearchParams()[0].get("day") ?? "";
  const form = useForm({
    resolver: zodResolver(taskSchema),
    defaultValues: {
      ...emptyTask,
      assignedTo: { id: me.id, name: me.name },
      due: day ? "day" : "none",
      dueDate: day,
    } satisfies TaskInput,
  });
  const create = useCreateTask();
  const custom = useCustomForm("task");
  const made = create.data;

  const close = () => {
    const next = new URLSearchParams(search);
    next.delete("day");
    navigate({ pathname: "..", search: next.toString() }, { relative: "path" });
  };
  // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is made
  useEffect(() => {
    if (!made) return;
    notify({ title: t`${made.title} is created` });
    close();
  }, [made]);

  const submit = (input: TaskInput) => {
    const values = custom.read(input.custom, form.setError);
    if (!values) return;
    create.mutate(
      {
        ...contentOf(input),
        ...(Object.keys(values).length > 0 && { custom: withCustom({}, values) }),
      },
      { onError: (error) => applyProblem(error, [...taskFields, ...custom.names], form.setError) },
    );
  };

  return (
    <TaskDialog
      title={t`New task`}
      form={form}
      action={t`Create task`}
      isPending={create.isPending}
      isSaved={made !== undefined}
      onClose={close}
      onSubmit={submit}
    />
  );
}

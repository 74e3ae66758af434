import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useNavigate, useParams } from "react-router";
import { hasCode } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { useCustomForm } from "@/components/custom-fields/use-custom-form";
import { StaleError } from "@/components/stale-error";
import { useUpdateTask } from "@/components/tasks/mutations";
import { taskQuery } from "@/components/tasks/queries";
import type { Task, UpdateTask } from "@/components/tasks/task";
import { zodResolver } from "@/lib/zod-resolver";
import { TaskDialog, taskFields } from "./task-dialog";
import { contentOf, inputOf, type TaskInput, taskSchema } from "./task-schema";

/** Changes a task, over its page. */
export function Component() {
  const { id = "" } = useParams();
  const { data: task } = useQuery(taskQuery(id));
  return task && <EditTask task={task} />;
}

function EditTask({ task }: { task: Task }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  /** What the form began with: the task may change beneath it. */
  const [base, setBase] = useState(task);
  const [theirs, setTheirs] = useState<Task | null>(null);
  const [isSaved, setSaved] = useState(false);
  const form = useForm({ resolver: zodResolver(taskSchema), defaultValues: inputOf(task) });
  const update = useUpdateTask();
  const custom = useCustomForm("task");
  const close = () => navigate("..", { relative: "path", replace: true });

  const save = (input: TaskInput, current: Task) => {
    setTheirs(null);
    const values = custom.read(input.custom, form.setError);
    if (!values) return;
    const changes = changesOf(inputOf(base), input);
    update.mutate(
      {
        task: current,
        changes: { ...changes, ...(Object.keys(values).length > 0 && { custom: values }) },
      },
      {
        onSuccess: () => {
          setSaved(true);
          // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
          setTimeout(close);
        },
        onError: async (error) => {
          if (!hasCode(error, "stale")) {
            return applyProblem(error, [...taskFields, ...custom.names], form.setError);
          }
          setTheirs(await queryClient.fetchQuery({ ...taskQuery(task.id), staleTime: 0 }));
        },
      },
    );
  };

  return (
    <TaskDialog
      title={t`Edit task`}
      form={form}
      record={base.custom}
      action={t`Save`}
      isPending={update.isPending}
      isSaved={isSaved}
      onClose={close}
      onSubmit={(input) => save(input, base)}
    >
      {theirs && (
        <StaleError
          onKeepMine={form.handleSubmit((input) => save(input, theirs))}
          onTakeTheirs={() => {
            setBase(theirs);
            form.reset(inputOf(theirs));
            setTheirs(null);
          }}
        />
      )}
    </TaskDialog>
  );
}

/** Only what was changed is sent: the rest may be somebody else's to change. */
function changesOf(before: TaskInput, after: TaskInput): UpdateTask {
  const old = new Map(Object.entries(contentOf(before)));
  const changed = Object.entries(contentOf(after)).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(old.get(field)),
  );
  return Object.fromEntries(changed);
}

import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { ConfirmLeave } from "@/components/confirm-leave";
import type { Values } from "@/components/custom-fields/custom-value";
import { FormError } from "@/components/form-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { TaskForm, type TaskFormState } from "./task-form";
import type { TaskInput } from "./task-schema";

type Props = {
  title: string;
  form: TaskFormState;
  /** The custom values of the task that is changed. */
  record?: Values;
  action: string;
  isPending: boolean;
  isSaved: boolean;
  onSubmit: (input: TaskInput) => void;
  onClose: () => void;
  /** What stands above the form. */
  children?: ReactNode;
};

export const taskFields = [
  "title",
  "description",
  "status",
  "priority",
  "dueDate",
  "dueAt",
  "remindAt",
  "assignedTo",
  "relatedTo",
] as const;

/** The form of a new task, or of one that is changed. */
export function TaskDialog({
  title,
  form,
  record,
  action,
  isPending,
  isSaved,
  onSubmit,
  onClose,
  children,
}: Props) {
  const { t } = useLingui();
  const { isDirty, errors } = form.formState;
  return (
    <Dialog open onOpenChange={onClose} dismissible={!isDirty} title={title}>
      <ConfirmLeave when={isDirty && !isSaved} />
      <form
        noValidate
        aria-label={t`Task`}
        onSubmit={form.handleSubmit(onSubmit)}
        className="flex min-h-0 flex-col"
      >
        <DialogBody>
          {children}
          {errors.root && <FormError>{errors.root.message}</FormError>}
          <TaskForm form={form} record={record} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={isPending}>
            {action}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

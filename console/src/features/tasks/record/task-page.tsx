import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, Outlet, useParams } from "react-router";
import { client } from "@/api/client";
import { useCustomFields } from "@/api/custom-fields";
import { unwrap } from "@/api/errors";
import { CustomValue } from "@/components/custom-fields/custom-value";
import { useCustomLabels } from "@/components/custom-fields/use-custom-labels";
import { ErrorState } from "@/components/error-state";
import { FieldList, FieldRow, FieldText } from "@/components/field-list";
import { PageHeader } from "@/components/page-header";
import { Person } from "@/components/person";
import { RelativeTime } from "@/components/relative-time";
import { DueLabel } from "@/components/tasks/due-label";
import { PriorityBadge } from "@/components/tasks/priority-badge";
import { taskQuery } from "@/components/tasks/queries";
import { type Task, taskStatusLabels, taskStatusTones } from "@/components/tasks/task";
import { Timeline } from "@/components/timeline/timeline";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { formatDateTime } from "@/lib/format";
import { recordPath } from "@/lib/record-path";
import { rememberRecent } from "@/stores/recent";
import { TaskHeader } from "./task-header";
import { useTaskFieldLabels } from "./use-task-field-labels";

export function Component() {
  const { id = "" } = useParams();
  // Another task is another screen, although its address is of the same form.
  return <TaskPage key={id} id={id} />;
}

function TaskPage({ id }: { id: string }) {
  const { t } = useLingui();
  const { data: task, error, refetch } = useQuery(taskQuery(id));
  if (task) return <Loaded task={task} />;
  return (
    <>
      <PageHeader title={t`Task`} />
      {error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-64 w-full" />
        </div>
      )}
    </>
  );
}

function Loaded({ task }: { task: Task }) {
  const { t } = useLingui();
  const { id, title } = task;
  const labels = useTaskFieldLabels();
  const custom = useCustomLabels("task");
  useEffect(() => rememberRecent({ type: "task", id, name: title }), [id, title]);
  return (
    <>
      <TaskHeader task={task} />
      {task.isArchived && (
        <p className="mx-4 mb-4 rounded-md bg-amber-soft px-3 py-2 text-amber-on-soft sm:mx-6">
          <Trans>This task is archived. Restore it to change it.</Trans>
        </p>
      )}
      <div className="grid items-start gap-4 px-4 pb-6 sm:px-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4 lg:order-last">
          <TaskFields task={task} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {task.description && (
            <Card title={labels.description}>
              <p className="whitespace-pre-line break-words">{task.description}</p>
            </Card>
          )}
          <Card title={t`Timeline`}>
            <Timeline
              recordId={id}
              queryKey={["tasks", "timeline", id]}
              fieldLabels={{ ...labels, ...custom.labels }}
              nameOfValue={custom.nameOfOption}
              load={(cursor, signal) =>
                unwrap(
                  client.GET("/api/tasks/{id}/timeline", {
                    params: { path: { id }, query: { limit: 30, ...(cursor && { cursor }) } },
                    signal,
                  }),
                )
              }
            />
          </Card>
        </div>
      </div>
      <Outlet />
    </>
  );
}

function TaskFields({ task }: { task: Task }) {
  const { t, i18n } = useLingui();
  const labels = useTaskFieldLabels();
  const fields = useCustomFields("task");
  const { status, priority, relatedTo, assignedTo, remindAt, completedAt, createdAt } = task;
  const path = relatedTo && recordPath(relatedTo.type, relatedTo.id);
  return (
    <Card title={t`Details`}>
      <FieldList>
        <FieldRow label={labels.status}>
          <FieldText>
            <Badge tone={taskStatusTones[status]}>{i18n._(taskStatusLabels[status])}</Badge>
          </FieldText>
        </FieldRow>
        <FieldRow label={labels.priority}>
          <FieldText>
            <PriorityBadge priority={priority} />
          </FieldText>
        </FieldRow>
        <FieldRow label={t`Due`}>
          <FieldText>{task.dueDate || task.dueAt ? <DueLabel task={task} /> : "–"}</FieldText>
        </FieldRow>
        {remindAt && (
          <FieldRow label={labels.remindAt}>
            <FieldText>{formatDateTime(remindAt)}</FieldText>
          </FieldRow>
        )}
        <FieldRow label={labels.assignedTo}>
          <FieldText>
            <Person user={assignedTo} />
          </FieldText>
        </FieldRow>
        <FieldRow label={labels.relatedTo}>
          <FieldText>
            {path ? (
              <Link to={path} className="rounded-sm text-accent-text underline">
                {relatedTo.name ?? "…"}
              </Link>
            ) : (
              "–"
            )}
          </FieldText>
        </FieldRow>
        {completedAt && (
          <FieldRow label={labels.completedAt}>
            <FieldText>
              <RelativeTime at={completedAt} />
            </FieldText>
          </FieldRow>
        )}
        {fields.map((field) => (
          <FieldRow key={field.id} label={field.label}>
            <FieldText>
              {field.key in task.custom ? <CustomValue field={field} value={task.custom[field.key]} /> : "–"}
            </FieldText>
          </FieldRow>
        ))}
        <FieldRow label={t`Created`}>
          <FieldText>
            <RelativeTime at={createdAt} />
          </FieldText>
        </FieldRow>
      </FieldList>
    </Card>
  );
}

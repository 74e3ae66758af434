import { useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { useNavigate } from "react-router";
import { hasCode } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { ErrorState } from "@/components/error-state";
import { StaleError } from "@/components/stale-error";
import { type AnyRecord, send } from "./call";
import { fieldsOf } from "./fields";
import { changedBody, type FormValues, formFieldsOf, valuesOf } from "./form-values";
import { bodySchema, type Call, type View } from "./operation";
import { recordQuery, viewKeys } from "./queries";
import type { Operations } from "./use-view";
import { ViewForm } from "./view-form";

type Props = { view: View; operations: Operations; get: Call; update: Call; id: string };

/** Changes a record of a plugin. */
export function EditRecord(props: Props) {
  const { view, get, id } = props;
  const { data: record, error, refetch } = useQuery(recordQuery(view, get, id));
  if (record) return <EditForm {...props} record={record} />;
  return error && <ErrorState error={error} onRetry={refetch} />;
}

function EditForm({
  view,
  operations: { document },
  get,
  update,
  id,
  record,
}: Props & { record: AnyRecord }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  /** What the form began with: the record may change beneath it. */
  const [base, setBase] = useState(record);
  const [theirs, setTheirs] = useState<AnyRecord | null>(null);
  const fields = useMemo(
    () => formFieldsOf(document, fieldsOf(document, bodySchema(document, update), [])),
    [document, update],
  );
  const form = useForm<FormValues>({ defaultValues: valuesOf(fields, base) });
  const query = recordQuery(view, get, id);
  const close = () => navigate(`${view.place}/${id}`, { replace: true });

  const mutation = useMutation({
    mutationFn: ({ values, version }: { values: FormValues; version: unknown }) =>
      send(update, { id, version, body: changedBody(fields, valuesOf(fields, base), values) }),
    meta: { showsError: true },
    onMutate: () => setTheirs(null),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: viewKeys(view).all });
      // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
      setTimeout(close);
    },
    onError: async (error) => {
      if (hasCode(error, "stale")) setTheirs(await queryClient.fetchQuery({ ...query, staleTime: 0 }));
      else
        applyProblem(
          error,
          fields.map(({ name }) => name),
          form.setError,
        );
    },
  });
  const save = (version: unknown) => (values: FormValues) => mutation.mutate({ values, version });

  return (
    <ViewForm
      title={t`${view.title}: edit`}
      fields={fields}
      form={form}
      action={t`Save`}
      isPending={mutation.isPending}
      isSaved={mutation.isSuccess}
      onSubmit={save(base.version)}
      onCancel={close}
    >
      {theirs && (
        <StaleError
          onKeepMine={form.handleSubmit(save(theirs.version))}
          onTakeTheirs={() => {
            setBase(theirs);
            form.reset(valuesOf(fields, theirs));
            setTheirs(null);
          }}
        />
      )}
    </ViewForm>
  );
}

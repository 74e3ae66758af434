import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useForm } from "react-hook-form";
import { useNavigate, useSearchParams } from "react-router";
import { applyProblem } from "@/components/apply-problem";
import { notify } from "@/stores/toast";
import { send } from "./call";
import { fieldsOf } from "./fields";
import { type FormValues, formFieldsOf, newBody, valuesOf } from "./form-values";
import { bodySchema, type Call, type View } from "./operation";
import { viewKeys } from "./queries";
import type { Operations } from "./use-view";
import { ViewForm } from "./view-form";

type Props = { view: View; operations: Operations; create: Call };

/** Makes a record of a plugin. The address may say what some fields begin with. */
export function NewRecord({ view, operations: { document, get }, create }: Props) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [parameters] = useSearchParams();
  const fields = useMemo(
    () => formFieldsOf(document, fieldsOf(document, bodySchema(document, create), [])),
    [document, create],
  );
  const form = useForm<FormValues>({ defaultValues: valuesOf(fields, Object.fromEntries(parameters)) });
  const mutation = useMutation({
    mutationFn: (values: FormValues) => send(create, { body: newBody(fields, values) }),
    meta: { showsError: true },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: viewKeys(view).lists }),
    onError: (error) =>
      applyProblem(
        error,
        fields.map(({ name }) => name),
        form.setError,
      ),
  });
  const made = mutation.data;
  // Not before `ConfirmLeave` has learned that nothing is unsaved any more.
  useEffect(() => {
    if (!made) return;
    notify({ title: t`It is created` });
    const page = get && typeof made.id === "string" ? `/${made.id}` : "";
    navigate(view.place + page, { replace: true });
  }, [made, get, view, navigate, t]);

  return (
    <ViewForm
      title={t`${view.title}: new`}
      fields={fields}
      form={form}
      action={t`Create`}
      isPending={mutation.isPending}
      isSaved={mutation.isSuccess}
      onSubmit={(values) => mutation.mutate(values)}
      onCancel={() => navigate(view.place)}
    />
  );
}

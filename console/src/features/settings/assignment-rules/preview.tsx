import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { TagInput } from "@/components/tag-input";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

const empty = { source: "", emailId: "", company: "", tags: [] as string[] };

/** Says who would get a lead, without making one. */
export function Preview() {
  const { t } = useLingui();
  const { register, control, handleSubmit, formState, setError } = useForm({ defaultValues: empty });
  const preview = useMutation({
    mutationFn: ({ tags, ...texts }: typeof empty) =>
      unwrap(
        client.POST("/api/assignment-rules/preview", {
          params: { header: once() },
          body: {
            ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== "")),
            tags,
          },
        }),
      ),
    meta: { showsError: true },
    onError: (error) => applyProblem(error, ["emailId"], setError),
  });
  const { errors } = formState;
  const answer = preview.data;
  return (
    <Card title={t`Who would get a lead?`}>
      <form
        noValidate
        onSubmit={handleSubmit((values) => preview.mutate(values))}
        className="flex flex-col gap-4"
      >
        {errors.root && <FormError>{errors.root.message}</FormError>}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t`Source`}>
            {(props) => <Input {...props} {...register("source")} autoComplete="off" />}
          </Field>
          <Field label={t`Email`} error={errors.emailId?.message}>
            {(props) => <Input {...props} {...register("emailId")} autoComplete="off" />}
          </Field>
          <Field label={t`Company`}>
            {(props) => <Input {...props} {...register("company")} autoComplete="off" />}
          </Field>
          <Controller
            control={control}
            name="tags"
            render={({ field }) => (
              <Field label={t`Tags`}>
                {(props) => (
                  <TagInput {...props} resource="lead" value={field.value} onValueChange={field.onChange} />
                )}
              </Field>
            )}
          />
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" pending={preview.isPending}>
            <Trans>Preview</Trans>
          </Button>
          <p role="status">
            {answer &&
              (answer.assignedAgent ? (
                <>
                  <span className="font-medium">{answer.assignedAgent.name}</span>
                  {answer.rule && (
                    <span className="text-text-muted">
                      {" "}
                      <Trans>by the rule {answer.rule.name}</Trans>
                    </span>
                  )}
                </>
              ) : (
                <Trans>Nobody: no rule takes it.</Trans>
              ))}
          </p>
        </div>
      </form>
    </Card>
  );
}

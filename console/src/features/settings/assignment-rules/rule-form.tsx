import { Trans, useLingui } from "@lingui/react/macro";
import { Controller, type UseFormReturn } from "react-hook-form";
import { statusLabels } from "@/components/leads/status-labels";
import { TagInput } from "@/components/tag-input";
import { CheckList } from "@/components/ui/check-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { strategies, strategyLabels } from "./rule-labels";
import { type RuleInput, startStatuses } from "./rule-schema";
import { TakerFields } from "./taker-fields";

/** For which leads a rule counts, and to whom it gives them. */
export function RuleForm({ form }: { form: UseFormReturn<RuleInput, unknown, RuleInput> }) {
  const { t, i18n } = useLingui();
  const { register, control, formState } = form;
  const { errors } = formState;
  return (
    <>
      <Field label={t`Name`} error={errors.name?.message} required>
        {(props) => <Input {...props} {...register("name")} maxLength={100} autoComplete="off" />}
      </Field>
      <p className="font-semibold">
        <Trans>For leads of which all of this is true</Trans>
      </p>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t`Source is one of`} description={t`Separated by commas.`}>
          {(props) => <Input {...props} {...register("sources")} autoComplete="off" />}
        </Field>
        <Field label={t`Email is at one of`} description={t`Such as acme.com, example.org`}>
          {(props) => <Input {...props} {...register("emailDomains")} autoComplete="off" />}
        </Field>
        <Field label={t`Company has in its name`}>
          {(props) => <Input {...props} {...register("companyContains")} autoComplete="off" />}
        </Field>
        <Controller
          control={control}
          name="tags"
          render={({ field }) => (
            <Field label={t`Has one of the tags`}>
              {(props) => (
                <TagInput {...props} resource="lead" value={field.value} onValueChange={field.onChange} />
              )}
            </Field>
          )}
        />
      </div>
      <Controller
        control={control}
        name="statuses"
        render={({ field }) => (
          <CheckList
            label={t`Status is one of`}
            description={t`Without any, every status.`}
            options={startStatuses.map((id) => ({ id, name: i18n._(statusLabels[id]) }))}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
      <p className="font-semibold">
        <Trans>It gives them</Trans>
      </p>
      <TakerFields form={form} />
      <Controller
        control={control}
        name="strategy"
        render={({ field, fieldState }) => (
          <Field label={t`How it chooses`} error={fieldState.error?.message}>
            {(props) => (
              <Select
                {...props}
                options={strategies.map((value) => ({ value, label: i18n._(strategyLabels[value]) }))}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          </Field>
        )}
      />
    </>
  );
}

import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { Controller, type UseFormReturn } from "react-hook-form";
import { teamsQuery } from "@/api/teams";
import { useUserName } from "@/api/users";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { RadioList } from "@/components/ui/radio-list";
import { Select } from "@/components/ui/select";
import { UserPicker } from "@/components/user-picker";
import type { RuleInput } from "./rule-schema";

/** To whom a rule gives leads: some people in an order, or a team. */
export function TakerFields({ form }: { form: UseFormReturn<RuleInput, unknown, RuleInput> }) {
  const { t } = useLingui();
  const { control, watch } = form;
  const teams = useQuery(teamsQuery).data ?? [];
  return (
    <>
      <Controller
        control={control}
        name="takers"
        render={({ field }) => (
          <RadioList
            label={t`To`}
            value={field.value}
            onValueChange={field.onChange}
            options={[
              { value: "users", label: t`some people` },
              { value: "team", label: t`the members of a team` },
            ]}
          />
        )}
      />
      {watch("takers") === "team" ? (
        <Controller
          control={control}
          name="team"
          render={({ field, fieldState }) => (
            <Field label={t`Team`} error={fieldState.error?.message} required>
              {(props) => (
                <Select
                  {...props}
                  options={teams.map(({ id, name }) => ({ value: id, label: name }))}
                  value={field.value}
                  onValueChange={field.onChange}
                  placeholder={t`Choose a team`}
                />
              )}
            </Field>
          )}
        />
      ) : (
        <Controller
          control={control}
          name="users"
          render={({ field, fieldState }) => (
            <Field label={t`People`} error={fieldState.error?.message} required>
              {(props) => (
                <div className="flex flex-col gap-1">
                  <ol aria-label={t`People, in their order`} className="flex flex-col">
                    {field.value.map((id) => (
                      <Taker
                        key={id}
                        id={id}
                        onRemove={() => field.onChange(field.value.filter((other) => other !== id))}
                      />
                    ))}
                  </ol>
                  <UserPicker
                    {...props}
                    placeholder={t`Add somebody`}
                    value={null}
                    onValueChange={(user) =>
                      user && !field.value.includes(user.id) && field.onChange([...field.value, user.id])
                    }
                  />
                </div>
              )}
            </Field>
          )}
        />
      )}
    </>
  );
}

function Taker({ id, onRemove }: { id: string; onRemove: () => void }) {
  const { t } = useLingui();
  const name = useUserName(id);
  return (
    <li className="flex min-h-8 items-center gap-2">
      <span className="grow truncate">{name}</span>
      <IconButton
        size="smallIcon"
        label={t`Remove ${name}`}
        icon={<X size={14} aria-hidden />}
        onClick={onRemove}
      />
    </li>
  );
}

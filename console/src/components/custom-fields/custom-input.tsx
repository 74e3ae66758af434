import { useLingui } from "@lingui/react/macro";
import type { CustomField } from "@/api/custom-fields";
import { Checkbox } from "../ui/checkbox";
import type { Control } from "../ui/field";
import { Input } from "../ui/input";
import { Select } from "../ui/select";
import { Textarea } from "../ui/textarea";
import type { Draft } from "./draft";
import { LinkInput } from "./link-input";
import { MoneyInput } from "./money-input";

type Props = Partial<Control> & {
  field: CustomField;
  value: Draft;
  onValueChange: (value: Draft) => void;
  "aria-label"?: string;
};

/** Takes a value of a custom field. */
export function CustomInput({ field, value, onValueChange, ...control }: Props) {
  const { t } = useLingui();
  const text = typeof value === "string" ? value : "";
  const input = {
    ...control,
    value: text,
    autoComplete: "off",
    onChange: ({ target }: { target: { value: string } }) => onValueChange(target.value),
  };
  switch (field.type) {
    case "text":
      return (field.maxLength ?? 2000) > 200 ? (
        <Textarea {...input} rows={1} maxLength={field.maxLength ?? 2000} />
      ) : (
        <Input {...input} maxLength={field.maxLength ?? 200} />
      );
    case "number":
      return <Input {...input} inputMode="decimal" />;
    case "date":
      return <Input {...input} type="date" />;
    case "datetime":
      return <Input {...input} type="datetime-local" />;
    case "money":
      return (
        <MoneyInput
          {...control}
          currencies={field.currencies ?? []}
          value={value !== null && typeof value === "object" && "amount" in value ? value : null}
          onValueChange={onValueChange}
        />
      );
    case "link":
      return (
        <LinkInput
          {...control}
          targets={field.targets ?? []}
          value={value !== null && typeof value === "object" && "id" in value ? value : null}
          onValueChange={onValueChange}
        />
      );
    case "multiSelect": {
      const chosen = Array.isArray(value) ? value : [];
      return (
        <fieldset id={control.id} aria-label={control["aria-label"] ?? field.label}>
          {offered(field, chosen).map((option) => (
            <Checkbox
              key={option.value}
              label={option.label}
              checked={chosen.includes(option.value)}
              onCheckedChange={(checked) =>
                onValueChange(
                  checked ? [...chosen, option.value] : chosen.filter((other) => other !== option.value),
                )
              }
            />
          ))}
        </fieldset>
      );
    }
    case "bool":
    case "select":
      return (
        <Select
          {...control}
          options={[
            { value: "", label: "–" },
            ...(field.type === "bool"
              ? [
                  { value: "true", label: t`Yes` },
                  { value: "false", label: t`No` },
                ]
              : offered(field, [text])),
          ]}
          value={text}
          onValueChange={onValueChange}
        />
      );
  }
}

/** The options at hand, and those put away that the record has already. */
function offered({ options }: CustomField, chosen: readonly string[]) {
  return (options ?? []).filter(({ value, isArchived }) => !isArchived || chosen.includes(value));
}

import { useState } from "react";
import { type PickedRecord, RecordPicker } from "@/components/record-picker";
import { CheckList } from "@/components/ui/check-list";
import { Checkbox } from "@/components/ui/checkbox";
import { type Control, Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { UserPicker } from "@/components/user-picker";
import { labelOf, referenceOf } from "./fields";
import type { FormField, FormValue } from "./form-values";
import { useRecordName } from "./record-name";

type Props = {
  field: FormField;
  value: FormValue;
  onChange: (value: FormValue) => void;
  error: string | undefined;
};

/** Asks for a value by the control that fits its schema, with what the document says of it as a hint. */
export function FormControl({ field, value, onChange, error }: Props) {
  const { label, schema, kind, choices, isRequired } = field;
  const options = choices.map((choice) => ({
    id: choice,
    value: choice,
    name: labelOf(choice),
    label: labelOf(choice),
  }));
  if (kind === "boolean") {
    return (
      <Checkbox
        label={
          <span>
            {label}
            <span className="block text-sm text-text-muted">{schema.description}</span>
          </span>
        }
        checked={value === true}
        onCheckedChange={onChange}
      />
    );
  }
  if (kind === "choices") {
    return (
      <CheckList
        label={label}
        description={schema.description}
        options={options}
        value={Array.isArray(value) ? value : []}
        onValueChange={onChange}
        error={error}
      />
    );
  }
  const text = typeof value === "string" ? value : "";
  return (
    <Field label={label} description={schema.description} error={error} required={isRequired}>
      {(control) => {
        switch (kind) {
          case "choice":
            return <Select {...control} options={options} value={text || null} onValueChange={onChange} />;
          case "user":
          case "record":
            return <Reference {...{ control, field, onChange }} id={text} />;
          case "text":
          case "lines":
          case "json":
            return (
              <Textarea
                {...control}
                value={text}
                maxLength={kind === "text" ? schema.maxLength : undefined}
                onChange={(event) => onChange(event.target.value)}
              />
            );
          default:
            return (
              <Input
                {...control}
                {...inputOf(field)}
                autoComplete="off"
                value={text}
                onChange={(event) => onChange(event.target.value)}
              />
            );
        }
      }}
    </Field>
  );
}

/** How an input is told what it takes. */
function inputOf({ kind, schema: { type, format, minimum, maximum, maxLength } }: FormField) {
  if (kind === "number")
    return { type: "number", min: minimum, max: maximum, step: type === "integer" ? 1 : "any" };
  if (kind === "date") return { type: "date" };
  if (kind === "instant") return { type: "datetime-local" };
  if (format === "email") return { type: "email", maxLength };
  if (format === "uri") return { type: "url", maxLength };
  return { type: "text", maxLength };
}

type ReferenceProps = {
  control: Control;
  field: FormField;
  id: string;
  onChange: (id: string) => void;
};

/** Chooses a record of the core, of which the plugin keeps the id. */
function Reference({ control, field, id, onChange }: ReferenceProps) {
  const [picked, setPicked] = useState<{ id: string; name: string } | null>(null);
  const type = referenceOf(field) ?? "user";
  const known = useRecordName(type, picked?.id === id ? "" : id);
  const value = id === "" ? null : { id, name: picked?.id === id ? picked.name : known };
  const choose = (next: { id: string; name: string } | null) => {
    setPicked(next);
    onChange(next?.id ?? "");
  };
  if (type !== "lead" && type !== "customer") {
    return <UserPicker {...control} value={value} onValueChange={choose} />;
  }
  const record: PickedRecord | null = value && { type, ...value };
  return <RecordPicker {...control} types={[type]} value={record} onValueChange={choose} />;
}

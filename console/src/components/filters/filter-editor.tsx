import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useCustomerName } from "@/api/customers";
import { useTags } from "@/api/tags";
import { useAssignable } from "@/api/users";
import { dayOf, nextDay, startOfDay } from "@/lib/format";
import { labelText } from "@/lib/label";
import { setParameter } from "@/lib/list-state";
import { useDebounce } from "@/lib/use-debounce";
import { RecordPicker } from "../record-picker";
import { Checkbox } from "../ui/checkbox";
import { Combobox } from "../ui/combobox";
import { Field } from "../ui/field";
import { Input } from "../ui/input";
import { AmountRange } from "./amount-range";
import type { FilterField } from "./filter-field";
import { NumberRange } from "./number-range";

type Props<Field extends FilterField = FilterField> = {
  field: Field;
  parameters: URLSearchParams;
  onChange: (edit: (parameters: URLSearchParams) => void) => void;
};

export function FilterEditor({ field, ...props }: Props) {
  switch (field.kind) {
    case "options":
      return <Options field={field} {...props} />;
    case "user":
      return <User field={field} {...props} />;
    case "tag":
      return <Tag field={field} {...props} />;
    case "text":
      return <Text field={field} {...props} />;
    case "record":
      return <Record field={field} {...props} />;
    case "instants":
      return <Dates field={field} {...props} read={readInstants} write={writeInstants} />;
    case "numbers":
      return <NumberRange field={field} {...props} />;
    case "amounts":
      return <AmountRange field={field} {...props} />;
    case "days":
      return (
        <Dates
          field={field}
          {...props}
          read={(from, to) => [from ?? "", to ?? ""]}
          write={(...days) => days}
        />
      );
  }
}

type Of<Kind> = Extract<FilterField, { kind: Kind }>;

function Options({ field, parameters, onChange }: Props<Of<"options">>) {
  const { i18n } = useLingui();
  const chosen = parameters.getAll(field.name);
  return (
    <div className="flex flex-col gap-1">
      {field.options.map(({ value, label }) => (
        <Checkbox
          key={value}
          label={labelText(i18n, label)}
          checked={chosen.includes(value)}
          onCheckedChange={(checked) =>
            onChange((next) => {
              const others = field.isSingle ? [] : chosen.filter((other) => other !== value);
              setParameter(next, field.name, checked ? [...others, value] : others);
            })
          }
        />
      ))}
    </div>
  );
}

function User({ field, parameters, onChange }: Props<Of<"user">>) {
  const { t, i18n } = useLingui();
  const [search, setSearch] = useState("");
  const { users, isPending } = useAssignable(useDebounce(search));
  const nobody = { id: "", name: t`Nobody` };
  const { presence } = field;
  const id = presence && parameters.get(presence) === "false" ? "" : parameters.get(field.name);
  const items = search || !presence ? users : [nobody, ...users];
  return (
    <Combobox
      aria-label={labelText(i18n, field.label)}
      items={items}
      value={items.find((item) => item.id === id) ?? null}
      isLoading={isPending}
      onSearch={setSearch}
      placeholder={t`Search people`}
      onValueChange={(user) =>
        onChange((next) => {
          setParameter(next, field.name, user?.id ?? null);
          if (presence) setParameter(next, presence, user?.id === "" ? "false" : null);
        })
      }
    />
  );
}

function Tag({ field, parameters, onChange }: Props<Of<"tag">>) {
  const { t, i18n } = useLingui();
  const [prefix, setPrefix] = useState("");
  const { tags, isPending } = useTags(field.resource, useDebounce(prefix));
  const value = parameters.get(field.name);
  return (
    <Combobox
      aria-label={labelText(i18n, field.label)}
      items={tags.map(toItem)}
      value={value ? toItem(value) : null}
      isLoading={isPending}
      onSearch={setPrefix}
      placeholder={t`Search tags`}
      onValueChange={(tag) => onChange((next) => setParameter(next, field.name, tag?.id ?? null))}
    />
  );
}

const toItem = (tag: string) => ({ id: tag, name: tag });

function Text({ field, parameters, onChange }: Props<Of<"text">>) {
  const { i18n } = useLingui();
  return (
    <Input
      aria-label={labelText(i18n, field.label)}
      defaultValue={parameters.get(field.name) ?? ""}
      onBlur={(event) => onChange((next) => setParameter(next, field.name, event.target.value.trim()))}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

function Record({ field, parameters, onChange }: Props<Of<"record">>) {
  const { i18n } = useLingui();
  const id = parameters.get(field.name);
  const name = useCustomerName(id);
  return (
    <RecordPicker
      aria-label={labelText(i18n, field.label)}
      types={[field.type]}
      value={id ? { type: field.type, id, name } : null}
      onValueChange={(record) => onChange((next) => setParameter(next, field.name, record?.id ?? null))}
    />
  );
}

type DatesProps = Props<Of<"instants" | "days">> & {
  read: (from: string | null, to: string | null) => [string, string];
  write: (from: string, to: string) => [string, string];
};

function Dates({ field, parameters, onChange, read, write }: DatesProps) {
  const { t } = useLingui();
  const [from, to] = read(parameters.get(field.from), parameters.get(field.to));
  const change = (days: [string, string]) =>
    onChange((next) => {
      const [start, end] = write(...days);
      setParameter(next, field.from, start);
      setParameter(next, field.to, end);
    });
  return (
    <div className="flex flex-col gap-3">
      <Field label={t`From`}>
        {(control) => (
          <Input
            {...control}
            type="date"
            value={from}
            onChange={(event) => change([event.target.value, to])}
          />
        )}
      </Field>
      <Field label={t`Until`}>
        {(control) => (
          <Input
            {...control}
            type="date"
            value={to}
            onChange={(event) => change([from, event.target.value])}
          />
        )}
      </Field>
    </div>
  );
}

function readInstants(from: string | null, to: string | null): [string, string] {
  const end = to ? new Date(Date.parse(to) - 1).toISOString() : null;
  return [from ? dayOf(from) : "", end ? dayOf(end) : ""];
}

function writeInstants(from: string, to: string): [string, string] {
  return [from && startOfDay(from), to && startOfDay(nextDay(to))];
}

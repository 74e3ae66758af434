import { useLingui } from "@lingui/react/macro";
import { setParameter } from "@/lib/list-state";
import { Field } from "../ui/field";
import { Input } from "../ui/input";

type Props = {
  field: { from: string; to: string };
  parameters: URLSearchParams;
  onChange: (edit: (parameters: URLSearchParams) => void) => void;
};

/** Two numbers, either of which may be left out. */
export function NumberRange({ field, parameters, onChange }: Props) {
  const { t } = useLingui();
  const bound = (label: string, name: string) => (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type="number"
          step="any"
          defaultValue={parameters.get(name) ?? ""}
          onBlur={({ target }) => onChange((next) => setParameter(next, name, target.value))}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
      )}
    </Field>
  );
  return (
    <div className="flex flex-col gap-3">
      {bound(t`From`, field.from)}
      {bound(t`Until`, field.to)}
    </div>
  );
}

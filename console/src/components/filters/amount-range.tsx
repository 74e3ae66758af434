import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { setParameter } from "@/lib/list-state";
import { usePreferences } from "@/stores/preferences";
import { CurrencyPicker } from "../currency-picker";
import { Field } from "../ui/field";
import { Input } from "../ui/input";
import { Select } from "../ui/select";

type Props = {
  field: { from: string; to: string; currencies: readonly string[] };
  parameters: URLSearchParams;
  onChange: (edit: (parameters: URLSearchParams) => void) => void;
};

/** Two amounts of one currency, either of which may be left out. */
export function AmountRange({ field, parameters, onChange }: Props) {
  const { t } = useLingui();
  const last = usePreferences((state) => state.currency);
  const [from = "", currencyOfFrom] = parameters.get(field.from)?.split(" ") ?? [];
  const [to = "", currencyOfTo] = parameters.get(field.to)?.split(" ") ?? [];
  const [currency, setCurrency] = useState(currencyOfFrom ?? currencyOfTo ?? field.currencies[0] ?? last);

  const write = (name: string, amount: string, of: string) =>
    onChange((next) => setParameter(next, name, amount && `${amount} ${of}`));
  const change = (next: string) => {
    setCurrency(next);
    onChange((edited) => {
      setParameter(edited, field.from, from && `${from} ${next}`);
      setParameter(edited, field.to, to && `${to} ${next}`);
    });
  };
  const bound = (label: string, name: string, amount: string) => (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type="number"
          step="any"
          defaultValue={amount}
          onBlur={({ target }) => write(name, target.value, currency)}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
      )}
    </Field>
  );
  return (
    <div className="flex flex-col gap-3">
      {bound(t`From`, field.from, from)}
      {bound(t`Until`, field.to, to)}
      {field.currencies.length > 0 ? (
        <Select
          aria-label={t`Currency`}
          options={field.currencies.map((value) => ({ value, label: value }))}
          value={currency}
          onValueChange={change}
        />
      ) : (
        <CurrencyPicker value={currency} onValueChange={change} />
      )}
    </div>
  );
}

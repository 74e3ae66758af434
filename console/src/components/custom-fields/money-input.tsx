import { useLingui } from "@lingui/react/macro";
import { usePreferences } from "@/stores/preferences";
import { CurrencyPicker } from "../currency-picker";
import type { Control } from "../ui/field";
import { Input } from "../ui/input";
import { Select } from "../ui/select";

type Money = { amount: string; currency: string };

type Props = Partial<Control> & {
  /** The only ones there are; none for all. */
  currencies: readonly string[];
  value: Money | null;
  onValueChange: (value: Money) => void;
  "aria-label"?: string;
};

/** An amount and its currency. */
export function MoneyInput({ currencies, value, onValueChange, ...control }: Props) {
  const { t } = useLingui();
  const last = usePreferences((state) => state.currency);
  const money = value ?? { amount: "", currency: currencies[0] ?? last };
  const setCurrency = (currency: string) => onValueChange({ ...money, currency });
  return (
    <div className="flex gap-2">
      <Input
        {...control}
        inputMode="decimal"
        autoComplete="off"
        value={money.amount}
        onChange={({ target }) => onValueChange({ ...money, amount: target.value })}
      />
      <div className="w-28 shrink-0">
        {currencies.length > 0 ? (
          <Select
            aria-label={t`Currency`}
            options={currencies.map((code) => ({ value: code, label: code }))}
            value={money.currency}
            onValueChange={setCurrency}
          />
        ) : (
          <CurrencyPicker value={money.currency} onValueChange={setCurrency} />
        )}
      </div>
    </div>
  );
}

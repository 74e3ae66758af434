import { type ReactNode, useId } from "react";

type Option<Value extends string> = { value: Value; label: ReactNode; description?: ReactNode };

type Props<Value extends string> = {
  label: ReactNode;
  options: readonly Option<Value>[];
  value: Value;
  onValueChange: (value: Value) => void;
};

/** Chooses one of a few, all of which are seen. */
export function RadioList<Value extends string>({ label, options, value, onValueChange }: Props<Value>) {
  const name = useId();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-sm">{label}</legend>
      {options.map((option) => (
        <div key={option.value}>
          <label className="flex min-h-6 items-center gap-2">
            <input
              type="radio"
              name={name}
              className="size-4 shrink-0 accent-accent"
              checked={option.value === value}
              onChange={() => onValueChange(option.value)}
            />
            {option.label}
          </label>
          {option.description && <p className="ps-6 text-sm text-text-muted">{option.description}</p>}
        </div>
      ))}
    </fieldset>
  );
}

import type { ReactNode } from "react";
import { Checkbox } from "./checkbox";

type Option = { id: string; name: string; description?: ReactNode };

type Props = {
  label: ReactNode;
  options: readonly Option[];
  value: readonly string[];
  onValueChange: (value: string[]) => void;
  description?: ReactNode;
  error?: string | undefined;
};

/** Chooses any of a few. */
export function CheckList({ label, options, value, onValueChange, description, error }: Props) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-sm">{label}</legend>
      {options.map((option) => (
        <div key={option.id}>
          <Checkbox
            label={option.name}
            checked={value.includes(option.id)}
            onCheckedChange={(checked) =>
              onValueChange(checked ? [...value, option.id] : value.filter((id) => id !== option.id))
            }
          />
          {option.description && <p className="ps-6 text-sm text-text-muted">{option.description}</p>}
        </div>
      ))}
      {description && <p className="text-sm text-text-muted">{description}</p>}
      {error && (
        <p role="alert" className="text-danger-text text-sm">
          {error}
        </p>
      )}
    </fieldset>
  );
}

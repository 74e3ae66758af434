import { type ReactNode, useId } from "react";

export type Control = {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
  "aria-required": true | undefined;
};

type Props = {
  label: ReactNode;
  error?: string | undefined;
  description?: ReactNode;
  required?: boolean;
  /** Gives the control its name and ties what is said about it to it. */
  children: (control: Control) => ReactNode;
};

export function Field({ label, error, description, required, children }: Props) {
  const id = useId();
  const describedBy = [description && `${id}-description`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
        {required && (
          <span aria-hidden className="text-danger-text">
            {" *"}
          </span>
        )}
      </label>
      {children({
        id,
        "aria-describedby": describedBy || undefined,
        "aria-invalid": error ? true : undefined,
        "aria-required": required || undefined,
      })}
      {description && (
        <p id={`${id}-description`} className="text-sm text-text-muted">
          {description}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-danger-text text-sm">
          {error}
        </p>
      )}
    </div>
  );
}

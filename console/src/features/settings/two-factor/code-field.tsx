import { useLingui } from "@lingui/react/macro";
import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** Asks who has the second factor already for a code of it. */
export function CodeField({ input, error }: { input: UseFormRegisterReturn; error: string | undefined }) {
  const { t } = useLingui();
  return (
    <Field
      label={t`Code`}
      description={t`Six digits from your authenticator app, or a recovery code.`}
      error={error}
      required
    >
      {(props) => <Input {...props} {...input} autoComplete="one-time-code" />}
    </Field>
  );
}

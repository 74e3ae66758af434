import { useLingui } from "@lingui/react/macro";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { ImportDuplicates, ImportMatch, ImportMode } from "../import-fields";

export type Options = { mode: ImportMode; matchBy: ImportMatch; onDuplicate: ImportDuplicates };

export const standardOptions: Options = { mode: "create", matchBy: "emailId", onDuplicate: "skip" };

type Props = { options: Options; onChange: (options: Options) => void };

/** What rows do to the records that are there. */
export function OptionFields({ options, onChange }: Props) {
  const { t } = useLingui();
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Field label={t`Rows`}>
        {(props) => (
          <Select
            {...props}
            options={[
              { value: "create", label: t`make new records` },
              { value: "update", label: t`change those that are there` },
              { value: "both", label: t`do both` },
            ]}
            value={options.mode}
            onValueChange={(mode) => onChange({ ...options, mode })}
          />
        )}
      </Field>
      {options.mode !== "create" && (
        <Field label={t`Matched by`}>
          {(props) => (
            <Select
              {...props}
              options={[
                { value: "emailId", label: t`Email` },
                { value: "phone", label: t`Phone` },
                { value: "id", label: t`Id` },
              ]}
              value={options.matchBy}
              onValueChange={(matchBy) => onChange({ ...options, matchBy })}
            />
          )}
        </Field>
      )}
      {options.mode !== "update" && (
        <Field label={t`Whose email exists already`}>
          {(props) => (
            <Select
              {...props}
              options={[
                { value: "skip", label: t`is left out` },
                { value: "fail", label: t`is an error` },
                { value: "create", label: t`is made all the same` },
              ]}
              value={options.onDuplicate}
              onValueChange={(onDuplicate) => onChange({ ...options, onDuplicate })}
            />
          )}
        </Field>
      )}
    </div>
  );
}

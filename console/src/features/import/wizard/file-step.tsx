import { Trans, useLingui } from "@lingui/react/macro";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/me";
import { FormError } from "@/components/form-error";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { ImportKind } from "../import-fields";

export type Source = { file: File; resource: ImportKind; hasHeader: boolean };

type Props = {
  resource: ImportKind;
  onResourceChange: (resource: ImportKind) => void;
  onChoose: (source: Source) => Promise<void>;
};

/** Which file it is, and what its rows are. */
export function FileStep({ resource, onResourceChange, onChoose }: Props) {
  const { t } = useLingui();
  const [hasHeader, setHasHeader] = useState(true);
  const [error, setError] = useState<string | null>(null);
  const mayLeads = useMay("lead:import");
  const mayCustomers = useMay("customer:import");
  const kinds = [
    ...(mayLeads ? [{ value: "lead" as const, label: t`Leads` }] : []),
    ...(mayCustomers ? [{ value: "customer" as const, label: t`Customers` }] : []),
  ];
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setError(null);
    try {
      await onChoose({ file, resource, hasHeader });
    } catch {
      setError(t`This file cannot be read as CSV.`);
    }
  };
  return (
    <div className="flex max-w-xl flex-col gap-4">
      {error && <FormError>{error}</FormError>}
      <Field label={t`The rows are`}>
        {(props) => <Select {...props} options={kinds} value={resource} onValueChange={onResourceChange} />}
      </Field>
      <Checkbox
        label={t`The first row names the columns`}
        checked={hasHeader}
        onCheckedChange={setHasHeader}
      />
      <label className="flex cursor-pointer flex-col items-center gap-2 rounded-lg border border-line-strong border-dashed bg-surface p-8 text-center focus-within:outline-2 focus-within:outline-focus hover:bg-hover">
        <FileUp size={24} aria-hidden className="text-text-muted" />
        <span className="font-medium">
          <Trans>Choose a CSV file</Trans>
        </span>
        <span className="text-sm text-text-muted">
          <Trans>In UTF-8, up to 200 MB and a million rows. Nothing is sent yet.</Trans>
        </span>
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          className="sr-only"
          onChange={(event) => choose(event.target.files?.[0])}
        />
      </label>
    </div>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useCustomFields } from "@/api/custom-fields";
import { FormError } from "@/components/form-error";
import { Select } from "@/components/ui/select";
import { formatList } from "@/lib/format";
import { labelText } from "@/lib/label";
import { doubledFields, fieldsOf, type ImportColumn, type ImportKind } from "../import-fields";

type Props = {
  resource: ImportKind;
  mapping: readonly ImportColumn[];
  /** Some values of each column, where the file is at hand. */
  samples?: readonly string[][];
  onChange: (mapping: ImportColumn[]) => void;
};

/** What each column holds. Two that hold the same are refused. */
export function MappingTable({ resource, mapping, samples, onChange }: Props) {
  const { t, i18n } = useLingui();
  const fields = fieldsOf(resource, useCustomFields(resource));
  const doubled = doubledFields(mapping);
  const options = [
    { value: "", label: t`Leave out` },
    ...fields.map(({ name, label }) => ({ value: name, label: labelText(i18n, label) })),
    // What was chosen elsewhere, such as a field that is archived by now, stays.
    ...mapping.flatMap(({ field }) =>
      field && !fields.some(({ name }) => name === field) ? [{ value: field, label: field }] : [],
    ),
  ];
  const labels = fields.flatMap(({ name, label }) => (doubled.includes(name) ? labelText(i18n, label) : []));
  return (
    <div className="flex flex-col gap-3">
      {doubled.length > 0 && (
        <FormError>
          <Trans>More than one column is to hold: {formatList(labels)}. Choose one of them.</Trans>
        </FormError>
      )}
      <table className="w-full table-fixed">
        <thead>
          <tr className="border-b text-start text-sm text-text-muted">
            <th className="py-2 text-start font-medium">
              <Trans>Column</Trans>
            </th>
            {samples && (
              <th className="py-2 text-start font-medium max-sm:hidden">
                <Trans>Values</Trans>
              </th>
            )}
            <th className="py-2 text-start font-medium">
              <Trans>Holds</Trans>
            </th>
          </tr>
        </thead>
        <tbody>
          {mapping.map(({ column, field }, index) => (
            <tr key={column} className="border-b">
              <th scope="row" className="truncate py-1.5 pe-3 text-start font-normal">
                {column}
              </th>
              {samples && (
                <td className="truncate pe-3 text-text-muted max-sm:hidden">
                  {samples[index]?.filter(Boolean).slice(0, 3).join(" · ")}
                </td>
              )}
              <td className="py-1.5">
                <Select
                  aria-label={t`What ${column} holds`}
                  aria-invalid={field && doubled.includes(field) ? true : undefined}
                  options={options}
                  value={field ?? ""}
                  onValueChange={(value) =>
                    onChange(
                      mapping.map((other, at) => (at === index ? { column, field: value || null } : other)),
                    )
                  }
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { CircleAlert } from "lucide-react";
import { useCustomFields } from "@/api/custom-fields";
import { labelText } from "@/lib/label";
import { fieldsOf, type ImportColumn, type ImportKind } from "../import-fields";
import { checkRow } from "./check-row";

type Props = { resource: ImportKind; mapping: readonly ImportColumn[]; rows: readonly string[][] };

/** The first rows as they will be read, and what seems to be wrong in them. */
export function PreviewTable({ resource, mapping, rows }: Props) {
  const { t, i18n } = useLingui();
  const columns = mapping.flatMap(({ field }, index) => (field ? [{ field, index }] : []));
  const fields = fieldsOf(resource, useCustomFields(resource));
  const labels = new Map(fields.map(({ name, label }) => [name, labelText(i18n, label)]));
  const checked = rows.map((row) => ({ row, wrong: checkRow(row, mapping, resource) }));
  const count = checked.filter(({ wrong }) => wrong.size > 0).length;
  return (
    <div className="flex flex-col gap-2">
      <p role="status">
        {count === 0 ? (
          <Plural value={rows.length} one="The first row looks right." other="The first # rows look right." />
        ) : (
          <Trans>
            Something seems to be wrong in {count} of the first {rows.length} rows.
          </Trans>
        )}
      </p>
      <section
        aria-label={t`The first rows`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-96 overflow-auto rounded-md border border-line bg-surface"
      >
        <table className="w-full text-sm">
          <thead className="sticky top-0 bg-surface">
            <tr className="border-b text-text-muted">
              {columns.map(({ field, index }) => (
                <th key={index} scope="col" className="whitespace-nowrap px-3 py-2 text-start font-medium">
                  {labels.get(field) ?? field}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {checked.map(({ row, wrong }, line) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a file stay as they are
              <tr key={line} className="border-b last:border-0">
                {columns.map(({ index }) => (
                  <td key={index} className="max-w-64 truncate px-3 py-1.5">
                    {row[index]}
                    {wrong.has(index) && (
                      <span className="flex items-center gap-1 text-danger-text">
                        <CircleAlert size={12} aria-hidden className="shrink-0" />
                        {wrong.get(index)}
                      </span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

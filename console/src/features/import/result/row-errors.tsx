import { Trans, useLingui } from "@lingui/react/macro";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { formatNumber } from "@/lib/format";
import type { Import } from "../import-fields";
import { useSaveErrors } from "../mutations";

/** The rows that did nothing, and why; all of them as a file. */
export function RowErrors({ id, errors }: Pick<Import, "id" | "errors">) {
  const { t } = useLingui();
  const save = useSaveErrors(id);
  if (errors.length === 0) return null;
  return (
    <Card
      title={t`Rows that were left out`}
      actions={
        <Button
          size="small"
          pending={save.isPending}
          icon={<Download size={14} aria-hidden />}
          onClick={() => save.mutate()}
        >
          <Trans>Download as CSV</Trans>
        </Button>
      }
    >
      <table className="w-full text-start">
        <thead>
          <tr className="text-sm text-text-muted">
            <th scope="col" className="w-20 pb-1 text-start font-medium">
              <Trans>Line</Trans>
            </th>
            <th scope="col" className="pb-1 text-start font-medium">
              <Trans>Reason</Trans>
            </th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ line, reason }) => (
            <tr key={line} className="border-t">
              <td className="py-1.5">{formatNumber(line)}</td>
              <td className="break-words py-1.5">{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {errors.length >= 100 && (
        <p className="mt-2 text-sm text-text-muted">
          <Trans>These are the first hundred; the file has them all.</Trans>
        </p>
      )}
    </Card>
  );
}

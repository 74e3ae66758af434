import { msg } from "@lingui/core/macro";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { formatNumber } from "@/lib/format";
import { useHotkey } from "@/lib/hotkeys";
import { Button } from "../ui/button";
import { IconButton } from "../ui/icon-button";
import type { GridSelection } from "./selection";

const clearLabel = msg`Clear the selection`;

type Props = { selection: GridSelection; total: number | undefined; isCapped: boolean; children: ReactNode };

/** What can be done to the rows that are selected. */
export function BulkBar({ selection, total, isCapped, children }: Props) {
  const { t } = useLingui();
  const count = selection.isAll ? (total ?? 0) : selection.ids.size;
  useHotkey("Escape", clearLabel, selection.clear, count > 0);
  if (count === 0) return null;
  const all = formatNumber(total ?? 0) + (isCapped ? "+" : "");
  return (
    <div
      role="toolbar"
      aria-label={t`Selected rows`}
      className="flex flex-wrap items-center gap-2 border-t bg-selected px-4 py-1.5 sm:px-6"
    >
      <p role="status" className="font-medium">
        {selection.isAll ? (
          <Trans>All {all} selected</Trans>
        ) : (
          <Plural value={count} one="# selected" other="# selected" />
        )}
      </p>
      {!selection.isAll && total !== undefined && total > count && (
        <Button size="small" variant="ghost" onClick={selection.selectAll}>
          <Trans>Select all {all}</Trans>
        </Button>
      )}
      <div className="flex grow flex-wrap items-center justify-end gap-2">
        {children}
        <IconButton
          label={t`Clear the selection`}
          icon={<X size={16} aria-hidden />}
          onClick={selection.clear}
        />
      </div>
    </div>
  );
}

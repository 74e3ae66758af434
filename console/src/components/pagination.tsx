import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { formatNumber } from "@/lib/format";
import { Input } from "./ui/input";

type Props = {
  /** From 1; 0 when there are none. */
  first: number;
  last: number;
  total: number;
  /** Whether there are more than `total`. */
  isCapped: boolean;
  /** How many can be reached by scrolling. */
  reachable: number;
  isPending: boolean;
  /** From 0. */
  onJump: (row: number) => void;
};

/** Says where in the list one is, and goes elsewhere in it. */
export function Pagination({ first, last, total, isCapped, reachable, isPending, onJump }: Props) {
  const { t } = useLingui();
  const [row, setRow] = useState("");
  const count = formatNumber(total) + (isCapped ? "+" : "");
  return (
    <footer className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 border-t bg-surface px-4 text-sm text-text-muted sm:px-6">
      <p className="grow">
        {isPending ? (
          <Trans>Loading…</Trans>
        ) : (
          <Trans>
            {formatNumber(first)}–{formatNumber(last)} of {count}
          </Trans>
        )}
        {total > reachable && (
          <>
            {" · "}
            <Trans>Filter or sort to reach those after the first {formatNumber(reachable)}.</Trans>
          </>
        )}
      </p>
      {total > last && (
        <form
          className="flex items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = Number(row);
            if (wanted >= 1) onJump(Math.min(wanted, reachable) - 1);
            setRow("");
          }}
        >
          <Input
            type="number"
            min={1}
            max={reachable}
            value={row}
            onChange={(event) => setRow(event.target.value)}
            placeholder={t`Go to row`}
            aria-label={t`Go to row`}
            className="min-w-32 max-w-36"
          />
        </form>
      )}
    </footer>
  );
}

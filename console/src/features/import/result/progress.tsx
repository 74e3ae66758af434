import { Trans, useLingui } from "@lingui/react/macro";
import { formatNumber } from "@/lib/format";
import type { Import } from "../import-fields";

/** How far the server has come; it goes on when the page is closed. */
export function Progress({ state, done, rows }: Import) {
  const { t } = useLingui();
  const label =
    state === "checking"
      ? t`Checking all rows`
      : state === "reverting"
        ? t`Taking the import back`
        : state === "running"
          ? t`Importing`
          : t`Reading the file`;
  return (
    <div className="flex max-w-xl flex-col gap-2">
      <p role="status" className="font-medium">
        {label}…
      </p>
      <progress
        aria-label={label}
        value={done}
        max={Math.max(rows, 1)}
        className="h-2 w-full overflow-hidden rounded-full accent-accent"
      />
      <p className="text-text-muted">
        <Trans>
          {formatNumber(done)} of {formatNumber(rows)} rows. You may leave; it goes on.
        </Trans>
      </p>
    </div>
  );
}

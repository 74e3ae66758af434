import { Trans } from "@lingui/react/macro";
import { Spinner } from "@/components/ui/spinner";

export function FullPageSpinner() {
  return (
    <div role="status" className="grid h-full place-items-center text-text-muted">
      <Spinner />
      <span className="sr-only">
        <Trans>Loading…</Trans>
      </span>
    </div>
  );
}

import { Trans } from "@lingui/react/macro";
import { CircleAlert } from "lucide-react";
import { describeProblem } from "./problem";
import { Button } from "./ui/button";

/** Stands where something could not be loaded. The id is that of the server's log. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, detail, requestId } = describeProblem(error);
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-4 py-12 text-center">
      <CircleAlert size={24} aria-hidden className="text-danger-text" />
      <p className="font-semibold">{title}</p>
      {detail && <p className="max-w-prose text-text-muted">{detail}</p>}
      {onRetry && (
        <Button className="mt-2" onClick={onRetry}>
          <Trans>Retry</Trans>
        </Button>
      )}
      {requestId && (
        <p className="text-text-muted text-xs">
          <Trans>
            Request <code className="font-mono">{requestId}</code>
          </Trans>
        </p>
      )}
    </div>
  );
}

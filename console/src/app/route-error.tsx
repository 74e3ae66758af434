import { useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { isRouteErrorResponse, useRouteError } from "react-router";
import { ApiError } from "@/api/errors";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { NotFound } from "./not-found";
import { reportError } from "./report-error";

/** Stands where a screen failed to load or to draw. */
export function RouteError() {
  const { t } = useLingui();
  const error = useRouteError();
  const isMissing = isRouteErrorResponse(error) && error.status === 404;

  useEffect(() => {
    if (!isMissing && !(error instanceof ApiError)) reportError(error);
  }, [error, isMissing]);

  if (isMissing) return <NotFound />;
  return (
    <>
      <PageHeader title={t`This screen failed`} />
      <ErrorState error={error} onRetry={() => window.location.reload()} />
    </>
  );
}

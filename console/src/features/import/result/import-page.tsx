import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { ErrorState } from "@/components/error-state";
import { FormError } from "@/components/form-error";
import { PageHeader } from "@/components/page-header";
import { Button, buttonClass } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import type { Import } from "../import-fields";
import { useBegin } from "../mutations";
import { importQuery, isBusy } from "../queries";
import { Steps } from "../wizard/steps";
import { Counts } from "./counts";
import { Progress } from "./progress";
import { Remap } from "./remap";
import { RowErrors } from "./row-errors";

/** An import from its check on: what it would do, how far it is, what it did. */
export function Component() {
  const { t } = useLingui();
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(importQuery(id));
  const isResult = data && !["uploading", "ready", "checking", "checked"].includes(data.state);
  return (
    <>
      <PageHeader title={data?.resource === "customer" ? t`Import of customers` : t`Import of leads`}>
        <Steps current={isResult ? "result" : "check"} />
      </PageHeader>
      <div className="flex flex-col gap-4 px-4 pb-6 sm:px-6">
        {data ? (
          <Loaded data={data} />
        ) : error ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : (
          <Skeleton className="h-48 w-full" />
        )}
      </div>
    </>
  );
}

function Loaded({ data }: { data: Import }) {
  const { t } = useLingui();
  const { id, state, counts, errors, failure, resource } = data;
  const begin = useBegin(id);
  const [isMapping, setMapping] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const queryClient = useQueryClient();
  const isDone = state === "finished" || state === "reverted";
  // What lists show was asked before the import.
  useEffect(() => {
    if (isDone) queryClient.invalidateQueries({ queryKey: [resource === "lead" ? "leads" : "customers"] });
  }, [isDone, queryClient, resource]);
  const wouldDo = counts.created + counts.updated;

  if (isBusy(data)) return <Progress {...data} />;
  if (isMapping || state === "ready") return <Remap data={data} onDone={() => setMapping(false)} />;
  return (
    <>
      {failure && <FormError>{failure}</FormError>}
      <Counts counts={counts} isDryRun={state === "checked"} />
      {state === "checked" && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setMapping(true)}>
            <Trans>Change the columns</Trans>
          </Button>
          <Button
            variant="primary"
            disabled={wouldDo === 0}
            pending={begin.isPending}
            onClick={() => begin.mutate("run")}
          >
            <Trans>Import</Trans>
          </Button>
        </div>
      )}
      {isDone && (
        <div className="flex flex-wrap gap-2">
          <Link to={resource === "lead" ? "/leads" : "/customers"} className={buttonClass()}>
            {resource === "lead" ? <Trans>See the leads</Trans> : <Trans>See the customers</Trans>}
          </Link>
          {state === "finished" && wouldDo > 0 && (
            <Button pending={begin.isPending} onClick={() => setAsking(true)}>
              <Trans>Take the import back…</Trans>
            </Button>
          )}
        </div>
      )}
      <RowErrors id={id} errors={errors} />
      <ConfirmDialog
        open={isAsking}
        title={t`Take the import back?`}
        action={t`Take back`}
        danger
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          begin.mutate("revert");
        }}
      >
        <Trans>
          What it made is deleted, and what it changed gets its old values, unless somebody has changed it
          since.
        </Trans>
      </ConfirmDialog>
    </>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { Blocks } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "@/api/errors";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Skeleton } from "@/components/ui/skeleton";
import { EditRecord } from "./edit-record";
import { NewRecord } from "./new-record";
import type { View } from "./operation";
import { type Operations, useOperations } from "./use-view";
import { ViewList } from "./view-list";
import { ViewRecord } from "./view-record";

type Props = { view: View /** What comes behind its place in the address. */; rest: readonly string[] };

/** A view of a plugin that this program was built without knowledge of. */
export default function PluginView({ view, rest }: Props) {
  const { t } = useLingui();
  const { operations, error, refetch } = useOperations(view);
  if (operations) return screenOf(view, operations, rest) ?? <Nothing view={view} />;
  const isSilent = error instanceof ApiError && error.status === 404;
  return (
    <>
      <PageHeader title={view.title} />
      {isSilent ? (
        <EmptyState icon={Blocks} title={t`This screen cannot be drawn`}>
          <Trans>The server is set not to describe its operations. Whoever runs it can change that.</Trans>
        </EmptyState>
      ) : error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <div className="px-4 sm:px-6">
          <Skeleton className="h-64 w-full" />
        </div>
      )}
    </>
  );
}

/** Which of its screens the address means; `null` when the view has no such screen. */
function screenOf(view: View, operations: Operations, [first, second]: readonly string[]): ReactNode {
  const { list, get, create, update } = operations;
  const shared = { view, operations };
  if (first === undefined) return list && <ViewList {...shared} list={list} />;
  if (first === "new") return create && <NewRecord {...shared} create={create} />;
  if (second === undefined) return get && <ViewRecord key={first} {...shared} get={get} id={first} />;
  return second === "edit" && get && update ? (
    <EditRecord key={first} {...shared} get={get} update={update} id={first} />
  ) : null;
}

function Nothing({ view }: { view: View }) {
  const { t } = useLingui();
  return (
    <>
      <PageHeader title={view.title} />
      <EmptyState icon={Blocks} title={t`There is nothing at this address`} />
    </>
  );
}

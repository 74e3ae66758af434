import { Trans, useLingui } from "@lingui/react/macro";
import { Compass } from "lucide-react";
import { Suspense } from "react";
import { Link, Navigate, useParams } from "react-router";
import { useMe } from "@/api/me";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { buttonClass } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useIsNarrow } from "@/lib/use-media-query";
import { ownSections, workspaceSections } from "./sections";
import { SettingsNavigation } from "./settings-navigation";

/** A list of sections beside the one that is open; on a phone, one after the other. */
export function Component() {
  const { t } = useLingui();
  const { section } = useParams();
  const isNarrow = useIsNarrow();
  if (section) {
    return (
      <div className="flex min-h-0 grow">
        {!isNarrow && (
          <aside className="w-56 shrink-0 overflow-y-auto border-e p-3">
            <SettingsNavigation />
          </aside>
        )}
        <div className="flex min-w-0 grow flex-col overflow-y-auto">
          <Section key={section} name={section} />
        </div>
      </div>
    );
  }
  if (!isNarrow) return <Navigate to="/settings/profile" replace />;
  return (
    <>
      <PageHeader title={t`Settings`} />
      <div className="px-2 pb-6">
        <SettingsNavigation />
      </div>
    </>
  );
}

function Section({ name }: { name: string }) {
  const { t } = useLingui();
  const { permissions } = useMe();
  const section = [...ownSections, ...workspaceSections].find((known) => known.name === name);
  const may = ({ permission }: { permission?: string }) =>
    permission === undefined || permissions.some((grant) => grant.permission === permission);
  if (!section || !may(section)) {
    return (
      <>
        <PageHeader title={t`Settings`} />
        <EmptyState
          icon={Compass}
          title={section ? t`You may not see these settings` : t`There are no such settings`}
          actions={
            <Link to="/settings" className={buttonClass()}>
              <Trans>All settings</Trans>
            </Link>
          }
        />
      </>
    );
  }
  return (
    <Suspense fallback={<Waiting />}>
      <section.Component />
    </Suspense>
  );
}

function Waiting() {
  return (
    <div className="flex max-w-3xl flex-col gap-4 px-4 py-4 sm:px-6">
      <Skeleton className="h-6 w-40" />
      <Skeleton className="h-48 w-full" />
    </div>
  );
}

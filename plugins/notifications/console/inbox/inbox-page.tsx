import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { BellOff, Settings } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Button, buttonClass } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { TabLink } from "@/components/ui/tab-link";
import { useReadAll } from "../mutations";
import { NoticeItem } from "../notice-item";
import { noticesQuery } from "../queries";

/** One's notices, the newest first. */
export function Component() {
  const { t } = useLingui();
  const showsAll = useSearchParams()[0].get("show") === "all";
  const query = useInfiniteQuery(noticesQuery(!showsAll));
  const readAll = useReadAll();
  const notices = query.data?.pages.flatMap((page) => page.notices) ?? [];
  const newest = notices[0];
  return (
    <>
      <PageHeader
        title={t`Notifications`}
        actions={
          <>
            {newest && notices.some(({ readAt }) => readAt === null) && (
              <Button pending={readAll.isPending} onClick={() => readAll.mutate(newest.number)}>
                <Trans>Mark all as read</Trans>
              </Button>
            )}
            <Link to="/notifications/preferences" className={buttonClass({ variant: "ghost" })}>
              <Settings size={16} aria-hidden />
              <Trans>Settings</Trans>
            </Link>
          </>
        }
      />
      <nav aria-label={t`Which notifications`} className="flex gap-4 border-b px-4 sm:px-6">
        <TabLink to="/notifications" isCurrent={!showsAll}>
          <Trans>Unread</Trans>
        </TabLink>
        <TabLink to="/notifications?show=all" isCurrent={showsAll}>
          <Trans>All</Trans>
        </TabLink>
      </nav>
      {query.isError && notices.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : query.isPending ? (
        <div className="flex flex-col gap-4 px-4 py-4 sm:px-6">
          <Skeleton className="h-8 w-2/3" />
          <Skeleton className="h-8 w-1/2" />
        </div>
      ) : notices.length === 0 ? (
        <NoNotices showsAll={showsAll} />
      ) : (
        <ul className="border-b bg-surface sm:px-2">
          {notices.map((notice) => (
            <NoticeItem key={notice.number} notice={notice} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button
          className="m-4 self-center"
          pending={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          <Trans>Show older</Trans>
        </Button>
      )}
    </>
  );
}

function NoNotices({ showsAll }: { showsAll: boolean }) {
  const { t } = useLingui();
  if (showsAll) {
    return (
      <EmptyState icon={BellOff} title={t`Nothing yet`}>
        <Trans>You are told here when something is assigned to you, or somebody mentions you.</Trans>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={BellOff}
      title={t`You have read everything`}
      actions={
        <Link to="/notifications?show=all" className={buttonClass()}>
          <Trans>Show all</Trans>
        </Link>
      }
    />
  );
}

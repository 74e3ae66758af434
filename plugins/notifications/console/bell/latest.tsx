import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { BellOff, Settings } from "lucide-react";
import { Link } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { Button, buttonClass } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useReadAll } from "../mutations";
import { NoticeItem } from "../notice-item";
import { noticesQuery, unreadQuery } from "../queries";

const shown = 8;

/** The latest notices, read or not. */
export function Latest({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const { data, error, refetch } = useInfiniteQuery(noticesQuery(false));
  const hasUnread = (useQuery(unreadQuery).data?.unread ?? 0) > 0;
  const readAll = useReadAll();
  const notices = data?.pages.flatMap((page) => page.notices) ?? [];
  const newest = notices[0];
  return (
    <>
      <div className="flex min-h-11 items-center justify-between gap-2 border-b ps-4 pe-2">
        <h2 className="font-semibold">{t`Notifications`}</h2>
        {newest && hasUnread && (
          <Button
            size="small"
            variant="ghost"
            pending={readAll.isPending}
            onClick={() => readAll.mutate(newest.number)}
          >
            <Trans>Mark all as read</Trans>
          </Button>
        )}
      </div>
      {error && !data ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : !data ? (
        <div className="flex flex-col gap-3 p-4">
          <Skeleton className="h-8 w-full" />
          <Skeleton className="h-8 w-full" />
        </div>
      ) : notices.length === 0 ? (
        <EmptyState icon={BellOff} title={t`Nothing yet`}>
          <Trans>You are told here when something is assigned to you, or somebody mentions you.</Trans>
        </EmptyState>
      ) : (
        <ul>
          {notices.slice(0, shown).map((notice) => (
            <NoticeItem key={notice.number} notice={notice} onGo={onClose} />
          ))}
        </ul>
      )}
      <footer className="flex items-center justify-between border-t px-2 py-1.5">
        <Link
          to="/notifications?show=all"
          onClick={onClose}
          className={buttonClass({ variant: "ghost", size: "small" })}
        >
          <Trans>See all</Trans>
        </Link>
        <Link
          to="/notifications/preferences"
          onClick={onClose}
          className={buttonClass({ variant: "ghost", size: "small" })}
        >
          <Settings size={14} aria-hidden />
          <Trans>Settings</Trans>
        </Link>
      </footer>
    </>
  );
}

import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { type Notice, type NoticeList, noticeKeys, type Unread } from "./queries";

type Lists = InfiniteData<NoticeList>;

function changeUnread(queryClient: QueryClient, change: (unread: Unread) => Unread): void {
  queryClient.setQueryData<Unread>(noticeKeys.unread, (unread) => unread && change(unread));
}

function changeLists(queryClient: QueryClient, change: (notices: Notice[], page: number) => Notice[]): void {
  queryClient.setQueriesData<Lists>(
    { queryKey: noticeKeys.lists },
    (lists) =>
      lists && {
        ...lists,
        pages: lists.pages.map((page, index) => ({ ...page, notices: change(page.notices, index) })),
      },
  );
}

/** The server counts no further. */
const most = 100;

/** Puts a notice that has just come on top of all lists; whatever is told twice is there once. */
export function addNotice(queryClient: QueryClient, notice: Notice): void {
  const known = queryClient
    .getQueriesData<Lists>({ queryKey: noticeKeys.lists })
    .some(([, lists]) =>
      lists?.pages.some(({ notices }) => notices.some(({ number }) => number === notice.number)),
    );
  if (known) return;
  changeLists(queryClient, (notices, page) => (page === 0 ? [notice, ...notices] : notices));
  changeUnread(queryClient, ({ unread, isCapped }) => ({
    unread: Math.min(most, unread + 1),
    isCapped: isCapped || unread >= most,
  }));
}

const now = () => new Date().toISOString();

export function markRead(queryClient: QueryClient, number: number): void {
  changeLists(queryClient, (notices) =>
    notices.map((notice) => (notice.number === number ? { ...notice, readAt: now() } : notice)),
  );
  changeUnread(queryClient, (count) =>
    count.isCapped ? count : { ...count, unread: Math.max(0, count.unread - 1) },
  );
}

/** Those that came after the newest one that was seen stay unread. */
export function markAllRead(queryClient: QueryClient, upTo: number): void {
  changeLists(queryClient, (notices) =>
    notices.map((notice) =>
      notice.readAt === null && notice.number <= upTo ? { ...notice, readAt: now() } : notice,
    ),
  );
  changeUnread(queryClient, () => ({ unread: 0, isCapped: false }));
}

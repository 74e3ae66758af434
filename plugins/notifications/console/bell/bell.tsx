import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Bell as BellIcon } from "lucide-react";
import { useState } from "react";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { refreshOld } from "@/api/live-queries";
import { metaQuery } from "@/api/me";
import { useStream } from "@/api/use-stream";
import { IconButton } from "@/components/ui/icon-button";
import { Popover } from "@/components/ui/popover";
import { formatNumber } from "@/lib/format";
import { addNotice } from "../cached-notices";
import { noticeKeys, unreadQuery } from "../queries";
import { Latest } from "./latest";

/** How many notices are unread, above every screen, and the latest of them. Servers without the plugin have none. */
export default function Bell() {
  const { plugins } = useSuspenseQuery(metaQuery).data;
  return plugins.some(({ id }) => id === "notifications") && <LiveBell />;
}

function LiveBell() {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery(unreadQuery);
  useNotices();
  const unread = data?.unread ?? 0;
  const count = formatNumber(unread) + (data?.isCapped ? "+" : "");
  const label = unread > 0 ? t`Notifications, ${count} unread` : t`Notifications`;
  return (
    <>
      <Popover
        label={t`Notifications`}
        open={isOpen}
        onOpenChange={setOpen}
        className="w-96"
        isFlush
        trigger={
          <IconButton
            label={label}
            icon={
              <span className="relative grid">
                <BellIcon size={16} aria-hidden />
                {unread > 0 && (
                  <span className="absolute -end-2 -top-2 min-w-4 rounded-full bg-accent px-1 text-center text-on-accent text-xs">
                    {unread > 99 ? "99+" : count}
                  </span>
                )}
              </span>
            }
          />
        }
      >
        <Latest onClose={() => setOpen(false)} />
      </Popover>
      <span role="status" className="sr-only">
        {unread > 0 && plural(unread, { one: "# unread notification", other: "# unread notifications" })}
      </span>
    </>
  );
}

/** Has notices told as they come. */
function useNotices(): void {
  const queryClient = useQueryClient();
  useStream({
    name: "notices",
    open: (lastId, signal) =>
      unwrap(
        client.GET("/api/notifications/stream", {
          params: { header: { ...(lastId !== null && { "Last-Event-ID": Number(lastId) }) } },
          parseAs: "stream",
          signal,
        }),
      ),
    onEvent: ({ data }) => addNotice(queryClient, JSON.parse(data)),
    onGap: () => refreshOld(queryClient, noticeKeys.all),
  });
}

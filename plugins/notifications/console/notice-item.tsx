import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { Check } from "lucide-react";
import { Link } from "react-router";
import { RelativeTime } from "@/components/relative-time";
import { IconButton } from "@/components/ui/icon-button";
import { useReadNotice } from "./mutations";
import { kinds, noticePath } from "./notice-kinds";
import type { Notice } from "./queries";

/** What happened to which record. Going there reads it. */
export function NoticeItem({ notice, onGo }: { notice: Notice; onGo?: () => void }) {
  const { t, i18n } = useLingui();
  const read = useReadNotice();
  const { label, icon: Icon } = kinds[notice.kind];
  const isUnread = notice.readAt === null;
  const kind = i18n._(label);
  const name = notice.resourceName ?? kind;
  const path = noticePath(notice);
  const title = clsx("block break-words", isUnread && "font-semibold");
  const go = () => {
    if (isUnread) read.mutate(notice.number);
    onGo?.();
  };
  return (
    <li className="relative flex items-start gap-3 border-b px-4 py-2.5 last:border-b-0 hover:bg-hover">
      <span
        className={clsx(
          "mt-0.5 grid size-7 shrink-0 place-items-center rounded-full",
          isUnread ? "bg-violet-soft text-violet-on-soft" : "bg-neutral-soft text-neutral-on-soft",
        )}
      >
        <Icon size={14} aria-hidden />
      </span>
      <div className="min-w-0 grow">
        {path ? (
          <Link to={path} onClick={go} className={clsx(title, "after:absolute after:inset-0")}>
            {name}
          </Link>
        ) : (
          <span className={title}>{name}</span>
        )}
        <p className="text-sm text-text-muted">
          {name !== kind && <>{kind} · </>}
          {notice.actorName && <>{notice.actorName} · </>}
          <RelativeTime at={notice.at} />
        </p>
      </div>
      {isUnread && (
        <IconButton
          size="smallIcon"
          label={t`Mark as read: ${name}`}
          className="relative z-1"
          icon={<Check size={14} aria-hidden />}
          onClick={() => read.mutate(notice.number)}
        />
      )}
    </li>
  );
}

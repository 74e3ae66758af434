import { Trans } from "@lingui/react/macro";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { PageHeader } from "@/components/page-header";

type Props = { title: string; description?: ReactNode; actions?: ReactNode; children: ReactNode };

/** What is around each section of the settings. */
export function SettingsSection({ title, description, actions, children }: Props) {
  return (
    <>
      <PageHeader title={title} actions={actions}>
        <Link
          to="/settings"
          className="inline-flex h-7 items-center gap-1 rounded-sm hover:text-text sm:hidden"
        >
          <ArrowLeft size={14} aria-hidden className="rtl:rotate-180" />
          <Trans>Settings</Trans>
        </Link>
        {description && <p className="max-w-prose">{description}</p>}
      </PageHeader>
      <div className="flex max-w-3xl flex-col gap-4 px-4 pb-6 sm:px-6">{children}</div>
    </>
  );
}

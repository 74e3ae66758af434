import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { Link } from "react-router";
import type { components } from "@/api/schema";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Skeleton } from "@/components/ui/skeleton";
import { Table } from "@/components/ui/table";
import { useEditPreference } from "../mutations";
import { kinds } from "../notice-kinds";
import { preferencesQuery } from "../queries";

/** What one is told of, and how. */
export function Component() {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(preferencesQuery);
  return (
    <>
      <PageHeader title={t`Notification settings`}>
        <Link to="/notifications" className="inline-flex h-7 items-center gap-1 hover:text-text">
          <ArrowLeft size={14} aria-hidden className="rtl:rotate-180" />
          <Trans>Notifications</Trans>
        </Link>
      </PageHeader>
      <div className="px-4 pb-6 sm:px-6">
        <Card className="max-w-2xl" title={t`What you are told of`}>
          {data ? (
            <Preferences {...data} />
          ) : error ? (
            <ErrorState error={error} onRetry={refetch} />
          ) : (
            <Skeleton className="h-72 w-full" />
          )}
        </Card>
      </div>
    </>
  );
}

function Preferences({ preferences, sendsEmail }: components["schemas"]["NotificationsPreferences"]) {
  const { t, i18n } = useLingui();
  const edit = useEditPreference();
  return (
    <>
      <Table
        label={t`What you are told of`}
        head={[t`What happened`, t`In the console`, t`By email`]}
        rows={preferences.map(({ kind, inApp, email }) => {
          const name = i18n._(kinds[kind].label);
          return {
            key: kind,
            cells: [
              name,
              <Way
                key="inApp"
                label={t`${name}: in the console`}
                checked={inApp}
                onCheckedChange={(checked) => edit.mutate({ kind, inApp: checked })}
              />,
              <Way
                key="email"
                label={t`${name}: by email`}
                checked={email}
                disabled={!sendsEmail}
                onCheckedChange={(checked) => edit.mutate({ kind, email: checked })}
              />,
            ],
          };
        })}
      />
      {!sendsEmail && (
        <p className="mt-3 text-sm text-text-muted">
          <Trans>This server sends no email. Whoever runs it can set that up.</Trans>
        </p>
      )}
    </>
  );
}

type WayProps = {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onCheckedChange: (checked: boolean) => void;
};

function Way({ label, ...state }: WayProps) {
  return (
    <span className="inline-flex">
      <Checkbox label={<span className="sr-only">{label}</span>} {...state} />
    </span>
  );
}

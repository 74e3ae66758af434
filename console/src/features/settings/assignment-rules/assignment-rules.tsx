import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/me";
import { ErrorState } from "@/components/error-state";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Skeleton } from "@/components/ui/skeleton";
import { SettingsSection } from "../settings-section";
import { useDeleteRule } from "./mutations";
import { Preview } from "./preview";
import { type AssignmentRule, rulesQuery } from "./queries";
import { RuleItem } from "./rule-item";

const RuleDialog = lazy(() => import("./rule-dialog"));

/** Who gets new leads that nobody was given. */
export default function AssignmentRules() {
  const { t } = useLingui();
  const denied = !useMay("assignmentRule:manage") && t`You may not change assignment rules`;
  const [edited, setEdited] = useState<AssignmentRule | "new" | null>(null);
  const [deleted, setDeleted] = useState<AssignmentRule | null>(null);
  const { data: rules, error, refetch } = useQuery(rulesQuery);
  const remove = useDeleteRule();
  return (
    <SettingsSection
      title={t`Assignment rules`}
      description={t`They hand out new leads without an agent. The first rule that fits decides.`}
      actions={
        <GuardedButton
          variant="primary"
          disabledReason={denied}
          icon={<Plus size={16} aria-hidden />}
          onClick={() => setEdited("new")}
        >
          <Trans>New rule</Trans>
        </GuardedButton>
      }
    >
      <Card>
        {error ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : !rules ? (
          <Skeleton className="h-24 w-full" />
        ) : rules.length === 0 ? (
          <p className="text-text-muted">
            <Trans>No rules yet: leads that nobody was given stay with nobody.</Trans>
          </p>
        ) : (
          <ol className="-my-2 divide-y">
            {rules.map((rule) => (
              <RuleItem
                key={rule.id}
                rule={rule}
                isLast={rule.position === rules.length}
                disabledReason={denied}
                onEdit={() => setEdited(rule)}
                onDelete={() => setDeleted(rule)}
              />
            ))}
          </ol>
        )}
      </Card>
      <Preview />
      <Suspense>
        {edited && (
          <RuleDialog rule={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
        )}
      </Suspense>
      <ConfirmDialog
        open={deleted !== null}
        title={t`Delete the rule ${deleted?.name ?? ""}?`}
        action={t`Delete`}
        danger
        pending={remove.isPending}
        onCancel={() => setDeleted(null)}
        onConfirm={() => deleted && remove.mutate(deleted, { onSettled: () => setDeleted(null) })}
      >
        <Trans>Leads keep who they were given to.</Trans>
      </ConfirmDialog>
    </SettingsSection>
  );
}

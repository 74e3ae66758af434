import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Pencil, Trash2 } from "lucide-react";
import { teamsQuery } from "@/api/teams";
import { useUserName } from "@/api/users";
import { statusLabels } from "@/components/leads/status-labels";
import { Badge } from "@/components/ui/badge";
import { IconButton } from "@/components/ui/icon-button";
import { Switch } from "@/components/ui/switch";
import { formatList } from "@/lib/format";
import { useAdjustRule } from "./mutations";
import type { AssignmentRule } from "./queries";
import { strategyLabels } from "./rule-labels";

type Props = {
  rule: AssignmentRule;
  isLast: boolean;
  disabledReason: string | false;
  onEdit: () => void;
  onDelete: () => void;
};

/** For which leads a rule counts, and to whom it gives them. */
export function RuleItem({ rule, isLast, disabledReason, onEdit, onDelete }: Props) {
  const { t, i18n } = useLingui();
  const adjust = useAdjustRule();
  const mayChange = !disabledReason;
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 grow basis-60">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="break-words font-medium">
            {rule.position}. {rule.name}
          </span>
          {!rule.isActive && (
            <Badge>
              <Trans>Off</Trans>
            </Badge>
          )}
        </p>
        <p className="break-words text-sm text-text-muted">
          <Conditions conditions={rule.conditions} />
        </p>
        <p className="break-words text-sm text-text-muted">
          <Takers rule={rule} /> · {i18n._(strategyLabels[rule.strategy])}
        </p>
      </div>
      {mayChange && (
        <div className="flex items-center">
          <span className="me-2">
            <Switch
              label={<span className="sr-only">{t`${rule.name} is on`}</span>}
              checked={rule.isActive}
              disabled={adjust.isPending}
              onCheckedChange={(isActive) => adjust.mutate({ rule, isActive })}
            />
          </span>
          <IconButton
            size="smallIcon"
            label={t`Move ${rule.name} up`}
            icon={<ArrowUp size={14} aria-hidden />}
            disabled={rule.position === 1 || adjust.isPending}
            onClick={() => adjust.mutate({ rule, position: rule.position - 1 })}
          />
          <IconButton
            size="smallIcon"
            label={t`Move ${rule.name} down`}
            icon={<ArrowDown size={14} aria-hidden />}
            disabled={isLast || adjust.isPending}
            onClick={() => adjust.mutate({ rule, position: rule.position + 1 })}
          />
          <IconButton
            size="smallIcon"
            label={t`Edit ${rule.name}`}
            icon={<Pencil size={14} aria-hidden />}
            onClick={onEdit}
          />
          <IconButton
            size="smallIcon"
            label={t`Delete ${rule.name}`}
            icon={<Trash2 size={14} aria-hidden />}
            onClick={onDelete}
          />
        </div>
      )}
    </li>
  );
}

function Conditions({ conditions }: { conditions: AssignmentRule["conditions"] }) {
  const { t, i18n } = useLingui();
  const { companyContains, emailDomains, sources, statuses, tags } = conditions;
  const parts = [
    companyContains && t`company has ${companyContains}`,
    emailDomains?.length && t`email at ${formatList(emailDomains)}`,
    sources?.length && t`source ${formatList(sources)}`,
    statuses?.length && t`status ${formatList(statuses.map((status) => i18n._(statusLabels[status])))}`,
    tags?.length && t`tag ${formatList(tags)}`,
  ].filter(Boolean);
  return parts.length === 0 ? <Trans>Every lead</Trans> : parts.join(" · ");
}

function Takers({ rule: { team, users } }: { rule: AssignmentRule }) {
  const teams = useQuery(teamsQuery).data;
  if (team) {
    const name = teams?.find(({ id }) => id === team)?.name ?? "…";
    return <Trans>Team {name}</Trans>;
  }
  return (users ?? []).map((id, index) => (
    <span key={id}>
      {index > 0 && ", "}
      <UserName id={id} />
    </span>
  ));
}

function UserName({ id }: { id: string }) {
  return useUserName(id);
}

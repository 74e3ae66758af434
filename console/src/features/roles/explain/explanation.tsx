import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { Link } from "react-router";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { ErrorState } from "@/components/error-state";
import { resourceOf } from "@/components/resource-labels";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { ScopeBadge } from "../scope-badge";

type Props = { permission: string; user: string | null; id: string | null };

/** The answer, and the rules that it rests on. */
export function Explanation({ permission, user, id }: Props) {
  const { t } = useLingui();
  const resource = resourceOf(permission);
  const action = permission.slice(resource.length + 1);
  const { data, error, refetch } = useQuery({
    queryKey: ["authz", "explain", permission, user, id],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/authz/explain", {
          params: { query: { resource, action, ...(user && { user }), ...(id && { id }) } },
          signal,
        }),
      ),
  });
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  if (!data) return <Skeleton className="h-32 w-full" />;
  return (
    <Card>
      <div role="status" className="flex items-start gap-2">
        {data.isAllowed ? (
          <CircleCheck size={20} aria-hidden className="mt-px shrink-0 text-green-on-soft" />
        ) : (
          <CircleX size={20} aria-hidden className="mt-px shrink-0 text-danger-text" />
        )}
        <div>
          <p className="font-semibold">{data.isAllowed ? t`Yes, allowed` : t`No, not allowed`}</p>
          <p className="text-text-muted">{data.reason}</p>
        </div>
      </div>
      {data.grantedBy.length > 0 && (
        <ul aria-label={t`Rules that grant it`} className="mt-3 divide-y border-t">
          {data.grantedBy.map(({ role, ruleOf, scope }) => (
            <li
              key={`${role.id} ${ruleOf.id} ${scope}`}
              className="flex flex-wrap items-center gap-x-2 py-1.5"
            >
              <Link
                to={`/roles/${role.id}`}
                className="rounded-sm font-medium text-accent-text hover:underline"
              >
                {role.name}
              </Link>
              <ScopeBadge scope={scope} />
              {ruleOf.id !== role.id && (
                <span className="text-sm text-text-muted">
                  <Trans>taken over from {ruleOf.name}</Trans>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

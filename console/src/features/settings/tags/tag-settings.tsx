import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useSearchParams } from "react-router";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { ErrorState } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { TabLink } from "@/components/ui/tab-link";
import { formatNumber } from "@/lib/format";
import { useDebounce } from "@/lib/use-debounce";
import { SettingsSection } from "../settings-section";

const RenameDialog = lazy(() => import("./rename-dialog"));

/** The tags in use, to be renamed, and merged by giving several one name. */
export default function TagSettings() {
  const [parameters] = useSearchParams();
  const resource = parameters.get("resource") === "customer" ? "customer" : "lead";
  return <Tags key={resource} resource={resource} />;
}

function Tags({ resource }: { resource: "lead" | "customer" }) {
  const { t } = useLingui();
  const [prefix, setPrefix] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const [renamed, setRenamed] = useState<string[] | null>(null);
  const rested = useDebounce(prefix.trim());
  const { data, error, refetch } = useQuery({
    queryKey: ["tags", "use", resource, rested],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/tags", {
          params: { query: { resource, ...(rested && { prefix: rested }), limit: 100 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return (
    <SettingsSection
      title={t`Tags`}
      description={t`A tag is there as long as a record has it. Give several one name to merge them.`}
      actions={
        chosen.length > 0 && (
          <Button variant="primary" onClick={() => setRenamed(chosen)}>
            <Plural value={chosen.length} one="Rename # tag…" other="Merge # tags…" />
          </Button>
        )
      }
    >
      <nav aria-label={t`Of which records`} className="flex gap-4 border-b">
        <TabLink to="/settings/tags?resource=lead" isCurrent={resource === "lead"}>
          <Trans>Leads</Trans>
        </TabLink>
        <TabLink to="/settings/tags?resource=customer" isCurrent={resource === "customer"}>
          <Trans>Customers</Trans>
        </TabLink>
      </nav>
      <Input
        type="search"
        aria-label={t`Search tags`}
        placeholder={t`Search tags`}
        value={prefix}
        maxLength={30}
        onChange={({ target }) => setPrefix(target.value)}
        className="sm:max-w-60"
      />
      <Card>
        {error ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : !data ? (
          <Skeleton className="h-24 w-full" />
        ) : data.tags.length === 0 ? (
          <p className="text-text-muted">
            {rested ? <Trans>No tag begins so.</Trans> : <Trans>No tags are in use yet.</Trans>}
          </p>
        ) : (
          <ul className="-my-2 divide-y">
            {data.tags.map(({ tag, records, isCapped }) => (
              <li key={tag} className="flex min-h-10 items-center gap-3 py-1">
                <div className="min-w-0 grow">
                  <Checkbox
                    label={<span className="min-w-0 break-words">{tag}</span>}
                    checked={chosen.includes(tag)}
                    onCheckedChange={(checked) =>
                      setChosen(checked ? [...chosen, tag] : chosen.filter((other) => other !== tag))
                    }
                  />
                </div>
                <span className="text-sm text-text-muted">
                  {formatNumber(records) + (isCapped ? "+" : "")}
                </span>
                <Button size="small" aria-label={t`Rename ${tag}`} onClick={() => setRenamed([tag])}>
                  <Trans>Rename…</Trans>
                </Button>
              </li>
            ))}
          </ul>
        )}
        {data && !data.isComplete && (
          <p className="mt-3 text-sm text-text-muted">
            <Trans>There are more. Type how they begin to find them.</Trans>
          </p>
        )}
      </Card>
      <Suspense>
        {renamed && (
          <RenameDialog
            resource={resource}
            from={renamed}
            onClose={() => setRenamed(null)}
            onDone={() => {
              setRenamed(null);
              setChosen([]);
            }}
          />
        )}
      </Suspense>
    </SettingsSection>
  );
}

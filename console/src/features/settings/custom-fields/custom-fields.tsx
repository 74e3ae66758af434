import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useSearchParams } from "react-router";
import { type CustomField, type CustomFieldResource, customFieldsQuery } from "@/api/custom-fields";
import { ErrorState } from "@/components/error-state";
import { labelOfResource } from "@/components/resource-labels";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { TabLink } from "@/components/ui/tab-link";
import { SettingsSection } from "../settings-section";
import { FieldItem } from "./field-item";

const FieldDialog = lazy(() => import("./field-dialog"));

const resources = ["lead", "customer", "task"] as const;

/** Fields that this workspace has given to its records. */
export default function CustomFields() {
  const { t, i18n } = useLingui();
  const [parameters] = useSearchParams();
  const resource: CustomFieldResource =
    resources.find((known) => known === parameters.get("resource")) ?? "lead";
  const isArchived = parameters.has("archived");
  const [edited, setEdited] = useState<CustomField | "new" | null>(null);
  const { data: fields, error, refetch } = useQuery(customFieldsQuery(resource, isArchived));
  const address = (kind: CustomFieldResource, archived: boolean) =>
    `/settings/custom-fields?resource=${kind}${archived ? "&archived" : ""}`;
  return (
    <SettingsSection
      title={t`Custom fields`}
      description={t`They are shown, filled in, imported and exported like the fields that records have anyway.`}
      actions={
        <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setEdited("new")}>
          <Trans>New field</Trans>
        </Button>
      }
    >
      <nav aria-label={t`Of which records`} className="flex flex-wrap gap-x-4 border-b">
        {resources.map((kind) => (
          <TabLink key={kind} to={address(kind, false)} isCurrent={kind === resource && !isArchived}>
            {labelOfResource(i18n, kind)}
          </TabLink>
        ))}
        <span className="grow" />
        <TabLink to={address(resource, true)} isCurrent={isArchived}>
          <Trans>Archived</Trans>
        </TabLink>
      </nav>
      <Card>
        {error ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : !fields ? (
          <Skeleton className="h-24 w-full" />
        ) : fields.length === 0 ? (
          <p className="text-text-muted">
            {isArchived ? <Trans>No field is archived.</Trans> : <Trans>No fields yet.</Trans>}
          </p>
        ) : (
          <ul className="-my-2 divide-y">
            {fields.map((field, index) => (
              <FieldItem
                key={field.id}
                field={field}
                above={fields[index - 1]}
                below={fields[index + 1]}
                onEdit={() => setEdited(field)}
              />
            ))}
          </ul>
        )}
      </Card>
      <Suspense>
        {edited && (
          <FieldDialog
            resource={resource}
            field={edited === "new" ? undefined : edited}
            onClose={() => setEdited(null)}
          />
        )}
      </Suspense>
    </SettingsSection>
  );
}

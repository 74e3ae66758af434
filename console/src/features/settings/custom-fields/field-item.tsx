import { Trans, useLingui } from "@lingui/react/macro";
import { ArchiveRestore, ArrowDown, ArrowUp, Ellipsis, Pencil } from "lucide-react";
import type { CustomField } from "@/api/custom-fields";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { labelOfType } from "./field-types";
import { useArchiveField, useRestoreField, useSwapFields } from "./mutations";

type Props = {
  field: CustomField;
  above: CustomField | undefined;
  below: CustomField | undefined;
  onEdit: () => void;
};

/** A field, and what can be done with it. */
export function FieldItem({ field, above, below, onEdit }: Props) {
  const { t, i18n } = useLingui();
  const archive = useArchiveField();
  const restore = useRestoreField();
  const swap = useSwapFields();
  return (
    <li className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 break-words font-medium">{field.label}</span>
          {field.isRequired && (
            <Badge tone="blue">
              <Trans>Required</Trans>
            </Badge>
          )}
          <IndexState field={field} />
        </p>
        <p className="break-words text-sm text-text-muted">
          {labelOfType(i18n, field.type)} · <code>{field.key}</code>
        </p>
      </div>
      {field.isArchived ? (
        <Button
          size="small"
          pending={restore.isPending}
          aria-label={t`Restore ${field.label}`}
          icon={<ArchiveRestore size={14} aria-hidden />}
          onClick={() => restore.mutate(field.id)}
        >
          <Trans>Restore</Trans>
        </Button>
      ) : (
        <div className="flex items-center">
          <IconButton
            size="smallIcon"
            label={t`Move ${field.label} up`}
            icon={<ArrowUp size={14} aria-hidden />}
            disabled={!above || swap.isPending}
            onClick={() => above && swap.mutate([field, above])}
          />
          <IconButton
            size="smallIcon"
            label={t`Move ${field.label} down`}
            icon={<ArrowDown size={14} aria-hidden />}
            disabled={!below || swap.isPending}
            onClick={() => below && swap.mutate([field, below])}
          />
          <IconButton
            size="smallIcon"
            label={t`Edit ${field.label}`}
            icon={<Pencil size={14} aria-hidden />}
            onClick={onEdit}
          />
          <Menu
            trigger={
              <IconButton
                size="smallIcon"
                label={t`More about ${field.label}`}
                icon={<Ellipsis size={14} aria-hidden />}
              />
            }
          >
            <MenuItem onClick={() => archive.mutate(field)}>
              <Trans>Archive</Trans>
            </MenuItem>
          </Menu>
        </div>
      )}
    </li>
  );
}

function IndexState({ field: { indexState } }: { field: CustomField }) {
  const { t } = useLingui();
  if (indexState === "ready") return null;
  return (
    <span title={t`Until then, only lists of up to 10,000 records can be narrowed and sorted by it.`}>
      <Badge tone={indexState === "failed" ? "red" : "amber"}>
        {indexState === "failed" ? <Trans>Index failed</Trans> : <Trans>Being indexed</Trans>}
      </Badge>
    </span>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { Tag } from "lucide-react";
import { useState } from "react";
import { TagInput } from "../tag-input";
import { Button } from "../ui/button";
import { GuardedButton } from "../ui/guarded-button";
import { Popover } from "../ui/popover";

type Props = {
  resource: "lead" | "customer";
  pending: boolean;
  disabledReason: string | false;
  onSave: (tags: string[]) => void;
};

/** Gives the rows that are selected other tags. */
export function BulkTags({ resource, pending, disabledReason, onSave }: Props) {
  const { t } = useLingui();
  const [tags, setTags] = useState<string[]>([]);
  return (
    <Popover
      label={t`Tags`}
      className="w-64"
      trigger={
        <GuardedButton
          size="small"
          pending={pending}
          disabledReason={disabledReason}
          icon={<Tag size={14} aria-hidden />}
        >
          <Trans>Tags</Trans>
        </GuardedButton>
      }
    >
      <div className="flex flex-col gap-3">
        <TagInput aria-label={t`Tags`} resource={resource} value={tags} onValueChange={setTags} />
        <p className="text-sm text-text-muted">
          <Trans>They take the place of the tags that the records have.</Trans>
        </p>
        <Button variant="primary" onClick={() => onSave(tags)}>
          <Trans>Replace tags</Trans>
        </Button>
      </div>
    </Popover>
  );
}

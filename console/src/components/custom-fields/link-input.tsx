import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { CustomLinkType } from "@/api/custom-fields";
import { useRecordName } from "@/api/record-name";
import type { components } from "@/api/schema";
import { RecordPicker } from "../record-picker";
import { labelOfResource } from "../resource-labels";
import type { Control } from "../ui/field";
import { Select } from "../ui/select";
import { UserPicker } from "../user-picker";

type Link = components["schemas"]["CustomLink"];

type Props = Partial<Control> & {
  targets: readonly CustomLinkType[];
  value: Link | null;
  onValueChange: (value: Link | null) => void;
  "aria-label"?: string;
};

/** Another record, of one of some kinds. */
export function LinkInput({ targets, value, onValueChange, ...control }: Props) {
  const { t, i18n } = useLingui();
  const [type, setType] = useState<CustomLinkType>(value?.type ?? targets[0] ?? "customer");
  const name = useRecordName(value?.type ?? type, value?.id ?? null) ?? t`Not found`;
  const picked = value && value.type === type ? { id: value.id, name } : null;
  const pick = (record: { id: string } | null) => onValueChange(record && { type, id: record.id });
  return (
    <div className="flex flex-col gap-1">
      {targets.length > 1 && (
        <Select
          aria-label={t`Kind`}
          options={targets.map((target) => ({ value: target, label: labelOfResource(i18n, target) }))}
          value={type}
          onValueChange={(next) => {
            setType(next);
            onValueChange(null);
          }}
        />
      )}
      {type === "user" ? (
        <UserPicker {...control} value={picked} onValueChange={pick} />
      ) : (
        <RecordPicker
          {...control}
          types={[type]}
          value={picked && { type, ...picked }}
          onValueChange={pick}
        />
      )}
    </div>
  );
}

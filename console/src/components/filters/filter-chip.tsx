import { useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useState } from "react";
import { labelText } from "@/lib/label";
import { Button } from "../ui/button";
import { IconButton } from "../ui/icon-button";
import { Popover } from "../ui/popover";
import { FilterEditor } from "./filter-editor";
import type { FilterField } from "./filter-field";
import { FilterValue } from "./filter-value";

type Props = {
  field: FilterField;
  parameters: URLSearchParams;
  onChange: (edit: (parameters: URLSearchParams) => void) => void;
  /** Whether it has just been added, and asks for its value. */
  isNew: boolean;
  onClose: () => void;
  onRemove: () => void;
};

export default function FilterChip({ field, parameters, onChange, isNew, onClose, onRemove }: Props) {
  const { t, i18n } = useLingui();
  const [isOpen, setOpen] = useState(isNew);
  const label = labelText(i18n, field.label);
  return (
    <div className="inline-flex items-center rounded-md border border-line bg-surface">
      <Popover
        label={label}
        open={isOpen}
        onOpenChange={(open) => {
          setOpen(open);
          if (!open) onClose();
        }}
        trigger={
          <Button variant="ghost" size="small" className="rounded-e-none">
            <span className="text-text-muted">{label}</span>
            <FilterValue field={field} parameters={parameters} />
          </Button>
        }
      >
        <FilterEditor field={field} parameters={parameters} onChange={onChange} />
      </Popover>
      <IconButton
        label={t`Remove the filter ${label}`}
        size="smallIcon"
        icon={<X size={14} aria-hidden />}
        onClick={onRemove}
      />
    </div>
  );
}

import { useLingui } from "@lingui/react/macro";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { FieldRow, FieldText } from "@/components/field-list";
import { RecordPicker } from "@/components/record-picker";
import { IconButton } from "@/components/ui/icon-button";
import { recordPath } from "@/lib/record-path";
import type { Deal } from "../deal";

const customersOnly = ["customer"] as const;

type Props = { deal: Deal; isReadOnly: boolean; onChange: (customerId: string) => void };

/** With whom the deal is. Who may not see the customer sees no name. */
export function CustomerField({ deal: { customer }, isReadOnly, onChange }: Props) {
  const { t } = useLingui();
  const [isEditing, setEditing] = useState(false);
  const path = recordPath("customer", customer.id);
  return (
    <FieldRow label={t`Customer`}>
      {isEditing ? (
        <RecordPicker
          aria-label={t`Customer`}
          types={customersOnly}
          value={{ type: "customer", id: customer.id, name: customer.name ?? "…" }}
          onValueChange={(picked) => {
            if (!picked) return;
            setEditing(false);
            if (picked.id !== customer.id) onChange(picked.id);
          }}
        />
      ) : (
        <FieldText>
          {customer.name && path ? (
            <Link to={path} className="min-w-0 break-words rounded-sm text-accent-text underline">
              {customer.name}
            </Link>
          ) : (
            "…"
          )}
          {!isReadOnly && (
            <IconButton
              size="smallIcon"
              label={t`Choose another customer`}
              icon={<Pencil size={12} aria-hidden />}
              onClick={() => setEditing(true)}
            />
          )}
        </FieldText>
      )}
    </FieldRow>
  );
}

import { useLingui } from "@lingui/react/macro";
import { useRecordName } from "@/api/record-name";
import { type PickedRecord, RecordPicker } from "@/components/record-picker";
import { Field } from "@/components/ui/field";

type Type = PickedRecord["type"];
type Props = { type: Type; id: string | null; onChange: (id: string | null) => void };

/** To which lead or customer it would be done. */
export function ExplainRecord({ type, id, onChange }: Props) {
  const { t } = useLingui();
  const name = useRecordName(type, id);
  return (
    <Field
      label={type === "lead" ? t`To which lead` : t`To which customer`}
      description={t`Left empty, to any of them.`}
    >
      {(props) => (
        <RecordPicker
          {...props}
          types={[type]}
          value={id ? { type, id, name: name ?? t`Not found` } : null}
          onValueChange={(record) => onChange(record?.id ?? null)}
        />
      )}
    </Field>
  );
}

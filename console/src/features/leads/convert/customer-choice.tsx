import { Plural, useLingui } from "@lingui/react/macro";
import { type Candidate, matchReason } from "@/components/duplicates/match-reason";
import { type PickedRecord, RecordPicker } from "@/components/record-picker";
import { RadioList } from "@/components/ui/radio-list";

const customersOnly = ["customer"] as const;

/** A new customer, one of the candidates by their id, or any other one. */
export type Choice = { kind: string; other: PickedRecord | null };

type Props = {
  candidates: readonly Candidate[];
  /** How many more there are that one may not see. */
  hidden: number;
  choice: Choice;
  onChange: (choice: Choice) => void;
};

/** Chooses whom a lead becomes: those who seem to be the same come first. */
export function CustomerChoice({ candidates, hidden, choice, onChange }: Props) {
  const { t } = useLingui();
  return (
    <div className="flex flex-col gap-2">
      <RadioList
        label={
          candidates.length > 0
            ? t`They may be the same. What becomes of the lead?`
            : t`What becomes of the lead?`
        }
        options={[
          ...candidates.map(({ id, name, reason, score }) => ({
            value: id,
            label: t`The customer ${name}`,
            description: t`${matchReason(reason)}, ${score} of 100`,
          })),
          { value: "new", label: t`A new customer` },
          {
            value: "other",
            label: candidates.length > 0 ? t`Another customer` : t`A customer who is there already`,
          },
        ]}
        value={choice.kind}
        onValueChange={(kind) => onChange({ ...choice, kind })}
      />
      {choice.kind === "other" && (
        <RecordPicker
          aria-label={t`Customer`}
          types={customersOnly}
          value={choice.other}
          onValueChange={(other) => onChange({ ...choice, other })}
        />
      )}
      {hidden > 0 && (
        <p className="text-sm text-text-muted">
          <Plural
            value={hidden}
            one="Another customer whom you may not see may be the same."
            other="# other customers whom you may not see may be the same."
          />
        </p>
      )}
    </div>
  );
}

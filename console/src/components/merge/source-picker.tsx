import { Trans, useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { matchReason } from "../duplicates/match-reason";
import { RecordPicker } from "../record-picker";
import { Badge } from "../ui/badge";
import { Checkbox } from "../ui/checkbox";
import { IconButton } from "../ui/icon-button";
import type { Mergeable, MergeKind } from "./merge-kind";

export type Source = { id: string; name: string };

type Props<Subject extends Mergeable, Name extends string> = {
  kind: MergeKind<Subject, Name>;
  subject: Subject;
  sources: readonly Source[];
  onChange: (sources: Source[]) => void;
};

/** Chooses what is merged into a record: those that seem to be the same, and any others. */
export function SourcePicker<Subject extends Mergeable, Name extends string>({
  kind,
  subject,
  sources,
  onChange,
}: Props<Subject, Name>) {
  const { t } = useLingui();
  const { candidates } = kind;
  const isChosen = (id: string) => sources.some((source) => source.id === id);
  const remove = (id: string) => onChange(sources.filter((source) => source.id !== id));
  const others = sources.filter(({ id }) => !candidates.some((candidate) => candidate.id === id));

  return (
    <div className="flex flex-col gap-2">
      {candidates.length > 0 && (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 font-medium text-sm">
            <Trans>They may be the same</Trans>
          </legend>
          {candidates.map(({ id, name, reason, score }) => (
            <Checkbox
              key={id}
              checked={isChosen(id)}
              onCheckedChange={(checked) => (checked ? onChange([...sources, { id, name }]) : remove(id))}
              label={
                <>
                  {name} <Badge tone={score >= 90 ? "amber" : "neutral"}>{matchReason(reason)}</Badge>
                </>
              }
            />
          ))}
        </fieldset>
      )}
      {others.length > 0 && (
        <ul aria-label={t`Others`}>
          {others.map(({ id, name }) => (
            <li key={id} className="flex items-center gap-1">
              {name}
              <IconButton
                size="smallIcon"
                label={t`Leave out ${name}`}
                icon={<X size={14} aria-hidden />}
                onClick={() => remove(id)}
              />
            </li>
          ))}
        </ul>
      )}
      <RecordPicker
        aria-label={kind.texts.add}
        placeholder={kind.texts.add}
        types={[kind.type]}
        without={[subject.id, ...sources.map(({ id }) => id)]}
        value={null}
        onValueChange={(picked) => picked && onChange([...sources, { id: picked.id, name: picked.name }])}
      />
    </div>
  );
}

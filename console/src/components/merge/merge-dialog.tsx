import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { hasCode } from "@/api/errors";
import { FormError } from "../form-error";
import { describeProblem } from "../problem";
import { RecordPreview } from "../record-preview";
import { Button } from "../ui/button";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog";
import { GuardedButton } from "../ui/guarded-button";
import { Skeleton } from "../ui/skeleton";
import { FieldChoices } from "./field-choices";
import { type Choices, type Mergeable, type MergeKind, overridesOf } from "./merge-kind";
import { type Source, SourcePicker } from "./source-picker";

type Props<Subject extends Mergeable, Name extends string> = {
  kind: MergeKind<Subject, Name>;
  subject: Subject;
  onClose: () => void;
};

/** Makes several records one: which, which values are kept, and what comes of it. */
export function MergeDialog<Subject extends Mergeable, Name extends string>({
  kind,
  subject,
  onClose,
}: Props<Subject, Name>) {
  const { t } = useLingui();
  const [sources, setSources] = useState<Source[]>([]);
  const [choices, setChoices] = useState<Choices<Name>>({});
  const loaded = useQueries({
    queries: sources.map(({ id }) => ({ queryKey: ["merge source", id], queryFn: () => kind.load(id) })),
  });
  const subjects = [subject, ...loaded.flatMap(({ data }) => data ?? [])];
  const isLoaded = subjects.length === sources.length + 1;
  const merge = {
    sources: isLoaded ? sources.map(({ id }) => id) : [],
    overrides: overridesOf(subjects, kind.fields, choices),
  };
  const preview = useQuery({
    // Apart from the records: asking anew after the merge would be refused.
    queryKey: ["merge preview", subject.id, subject.version, merge],
    queryFn: ({ signal }) => kind.send(subject, { ...merge, dryRun: true }, signal),
    enabled: merge.sources.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const save = useMutation({
    mutationFn: () => kind.send(subject, merge),
    meta: { showsError: true },
    onSuccess: (merged) => {
      kind.onMerged(merged);
      onClose();
    },
  });
  const isChosen = sources.length > 0;
  const error = save.error ?? (isChosen ? preview.error : null) ?? loaded.find((query) => query.error)?.error;

  return (
    <Dialog
      open
      onOpenChange={onClose}
      dismissible={!isChosen}
      title={t`Merge into ${subject.name}`}
      description={t`The others are archived, and lead here. It can be undone.`}
    >
      <DialogBody>
        {error && (
          <FormError>
            {hasCode(error, "stale")
              ? t`Somebody changed ${subject.name} in the meantime. Close this and look again.`
              : describeProblem(error).title}
          </FormError>
        )}
        <SourcePicker
          kind={kind}
          subject={subject}
          sources={sources}
          onChange={(next) => {
            setSources(next);
            setChoices({});
          }}
        />
        {isChosen &&
          (isLoaded ? (
            <FieldChoices kind={kind} subjects={subjects} choices={choices} onChange={setChoices} />
          ) : (
            <Skeleton className="h-16 w-full" />
          ))}
        {isChosen && preview.data && (
          <RecordPreview title={kind.texts.willBe} rows={kind.rowsOf(preview.data)} />
        )}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <GuardedButton
          variant="primary"
          pending={save.isPending}
          disabledReason={!(preview.data && isChosen) && t`Choose who is merged first`}
          onClick={() => save.mutate()}
        >
          {isChosen ? kind.texts.action(sources.length) : <Trans>Merge</Trans>}
        </GuardedButton>
      </DialogFooter>
    </Dialog>
  );
}

import { type Choices, giverOf, isContested, type Mergeable, type MergeKind } from "./merge-kind";

type Props<Subject extends Mergeable, Name extends string> = {
  kind: MergeKind<Subject, Name>;
  /** The one that stays comes first. */
  subjects: readonly Subject[];
  choices: Choices<Name>;
  onChange: (choices: Choices<Name>) => void;
};

/** Where the records do not agree: which value is kept. */
export function FieldChoices<Subject extends Mergeable, Name extends string>({
  kind,
  subjects,
  choices,
  onChange,
}: Props<Subject, Name>) {
  const contested = kind.fields.filter((field) => isContested(subjects, field));
  if (contested.length === 0) return <p className="text-text-muted">{kind.texts.agree}</p>;
  return (
    <div className="flex flex-col gap-3">
      {contested.map((field) => {
        const chosen = choices[field.name] ?? giverOf(subjects, field)?.id;
        return (
          <fieldset key={field.name} className="grid gap-x-3 sm:grid-cols-[6rem_minmax(0,1fr)]">
            <legend className="float-start py-0.5 font-medium text-sm">{field.label}</legend>
            <div className="flex flex-col">
              {subjects.map((subject) => {
                const value = field.read(subject);
                return (
                  value && (
                    <label key={subject.id} className="flex min-h-6 items-center gap-2">
                      <input
                        type="radio"
                        name={field.name}
                        className="size-4 shrink-0 accent-accent"
                        checked={subject.id === chosen}
                        onChange={() => onChange({ ...choices, [field.name]: subject.id })}
                      />
                      <span className="min-w-0 break-words">{value.text}</span>
                    </label>
                  )
                );
              })}
            </div>
          </fieldset>
        );
      })}
    </div>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { documentQuery } from "@/api/document";
import { labelOfResource } from "@/components/resource-labels";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { Textarea } from "@/components/ui/textarea";
import { formatNumber } from "@/lib/format";
import { type EventGroup, eventGroups } from "./event-groups";

type Props = { value: string[]; onChange: (names: string[]) => void; error: string | undefined };

/** Chooses events of the catalogue in the API document. */
export function EventPicker({ value, onChange, error }: Props) {
  const { t } = useLingui();
  const { data, isPending } = useQuery(documentQuery);
  const [search, setSearch] = useState("");
  if (isPending) return <Skeleton className="h-64 w-full" />;
  if (!data) return <NamedEvents value={value} onChange={onChange} error={error} />;
  const groups = eventGroups(data["x-events"], search);
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-sm">
        <Trans>Events ({formatNumber(value.length)} chosen)</Trans>
      </legend>
      <Input
        type="search"
        aria-label={t`Search the events`}
        placeholder={t`Search the events`}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div className="h-64 overflow-y-auto rounded-md border border-line-strong p-2">
        {groups.length === 0 && (
          <p className="p-2 text-text-muted">
            <Trans>No event is called like this.</Trans>
          </p>
        )}
        {groups.map((group) => (
          <Group key={group.resource} group={group} value={value} onChange={onChange} />
        ))}
      </div>
      {error && (
        <p role="alert" className="text-danger-text text-sm">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function Group({ group, value, onChange }: Omit<Props, "error"> & { group: EventGroup }) {
  const { i18n } = useLingui();
  const names = group.events.map(({ name }) => name);
  const chosen = names.filter((name) => value.includes(name));
  const others = value.filter((name) => !names.includes(name));
  return (
    <div className="mb-2">
      <Checkbox
        label={<span className="font-medium">{labelOfResource(i18n, group.resource)}</span>}
        checked={chosen.length === names.length}
        indeterminate={chosen.length > 0 && chosen.length < names.length}
        onCheckedChange={(checked) => onChange(checked ? [...others, ...names] : others)}
      />
      <div className="ms-6 flex flex-col">
        {group.events.map(({ name, description }) => (
          <Checkbox
            key={name}
            label={
              <span className="py-0.5">
                <code className="font-mono text-sm">{name}</code>
                <span className="block text-sm text-text-muted">{description}</span>
              </span>
            }
            checked={value.includes(name)}
            onCheckedChange={(checked) =>
              onChange(checked ? [...value, name] : value.filter((other) => other !== name))
            }
          />
        ))}
      </div>
    </div>
  );
}

/** Where the server does not tell its events, they are typed. */
function NamedEvents({ value, onChange, error }: Props) {
  const { t } = useLingui();
  return (
    <Field label={t`Events`} error={error} description={t`One name a line, such as lead.created`} required>
      {(control) => (
        <Textarea
          {...control}
          rows={6}
          className="font-mono"
          value={value.join("\n")}
          onChange={(event) => onChange(event.target.value.split("\n"))}
        />
      )}
    </Field>
  );
}

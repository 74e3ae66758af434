import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { permissionsQuery } from "@/api/permissions";
import { labelOfResource, resourceOf } from "../resource-labels";
import { Checkbox } from "../ui/checkbox";

type Props = {
  held: readonly string[];
  value: readonly string[];
  onValueChange: (value: string[]) => void;
  error: string | undefined;
};

/** What a key may do, by kinds of records. */
export function ScopePicker({ held, value, onValueChange, error }: Props) {
  const { t, i18n } = useLingui();
  const permissions = useQuery(permissionsQuery).data ?? [];
  const offered = permissions.filter(({ permission }) => held.includes(permission));
  const resources = [...new Set(offered.map(({ permission }) => resourceOf(permission)))];
  const set = (permission: string, checked: boolean) =>
    onValueChange(checked ? [...value, permission] : value.filter((other) => other !== permission));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-sm">
        <Trans>It may do</Trans>
      </legend>
      {error && (
        <p role="alert" className="text-danger-text text-sm">
          {error}
        </p>
      )}
      <section
        aria-label={t`Permissions`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="flex max-h-64 flex-col gap-3 overflow-y-auto rounded-md border border-line p-3"
      >
        {resources.map((resource) => (
          <fieldset key={resource} className="flex flex-col gap-0.5">
            <legend className="mb-0.5 font-medium">{labelOfResource(i18n, resource)}</legend>
            {offered
              .filter(({ permission }) => resourceOf(permission) === resource)
              .map(({ permission, description }) => (
                <Checkbox
                  key={permission}
                  label={description}
                  checked={value.includes(permission)}
                  onCheckedChange={(checked) => set(permission, checked)}
                />
              ))}
          </fieldset>
        ))}
      </section>
    </fieldset>
  );
}

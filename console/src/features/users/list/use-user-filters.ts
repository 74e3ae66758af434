import { msg } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/api/me";
import { rolesQuery } from "@/api/roles";
import { teamsQuery } from "@/api/teams";
import type { FilterField } from "@/components/filters/filter-field";

/** What the list is narrowed by, the roles and teams of this workspace among it. */
export function useUserFilters(): readonly FilterField[] {
  const roles = useQuery({ ...rolesQuery, enabled: useMay("role:read") }).data ?? [];
  const teams = useQuery({ ...teamsQuery, enabled: useMay("team:read") }).data ?? [];
  return [
    { kind: "options", name: "role", label: msg`Role`, isSingle: true, options: roles.map(optionOf) },
    { kind: "options", name: "team", label: msg`Team`, isSingle: true, options: teams.map(optionOf) },
    {
      kind: "options",
      name: "isActive",
      label: msg`State`,
      isSingle: true,
      options: [
        { value: "true", label: msg`Active` },
        { value: "false", label: msg`Disabled` },
      ],
    },
    {
      kind: "options",
      name: "isService",
      label: msg`Kind`,
      isSingle: true,
      options: [
        { value: "false", label: msg`People` },
        { value: "true", label: msg`Programs` },
      ],
    },
  ];
}

const optionOf = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });

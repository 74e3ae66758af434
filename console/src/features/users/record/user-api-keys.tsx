import { useQuery } from "@tanstack/react-query";
import { rolesQuery } from "@/api/roles";
import type { User } from "@/api/users";
import { ApiKeys } from "@/components/api-keys/api-keys";

/** Keys by which programs act for the user, or as it when it is a program. */
export function UserApiKeys({ user }: { user: User }) {
  const roles = useQuery(rolesQuery).data ?? [];
  const held = roles
    .filter(({ id }) => user.roles.some((role) => role.id === id))
    .flatMap(({ permissions }) => permissions.map(({ permission }) => permission));
  return <ApiKeys owner={user.id} held={[...new Set(held)]} />;
}

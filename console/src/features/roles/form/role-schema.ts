import { t } from "@lingui/core/macro";
import * as z from "zod/mini";
import type { Role } from "@/api/roles";
import { scopes } from "../scopes";

export const roleSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
  description: z.string().check(z.trim()),
  inherits: z.array(z.string()),
  grants: z.array(z.object({ permission: z.string(), scope: z.enum(scopes) })),
});

export type RoleInput = z.output<typeof roleSchema>;

export const emptyRole: RoleInput = { name: "", description: "", inherits: [], grants: [] };

export const inputOf = ({ name, description, inherits, grants }: Role): RoleInput => ({
  name,
  description: description ?? "",
  inherits: inherits.map(({ id }) => id),
  grants,
});

/** What a copy of a role begins with. What a built-in one grants is told only in all. */
export const copyOf = (role: Role): RoleInput => ({
  ...inputOf(role),
  name: "",
  grants: role.isBuiltIn ? role.permissions : role.grants,
});

export const contentOf = ({ description, ...role }: RoleInput) => ({
  ...role,
  description: description === "" ? null : description,
});

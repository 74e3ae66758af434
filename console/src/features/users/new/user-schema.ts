import { t } from "@lingui/core/macro";
import * as z from "zod/mini";

export const userSchema = z
  .object({
    kind: z.enum(["person", "program"]),
    name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
    emailId: z.string().check(z.trim(), z.minLength(1, { error: () => t`Email is required` })),
    roles: z.array(z.string()).check(z.minLength(1, { error: () => t`Choose at least one role` })),
    teams: z.array(z.string()),
    start: z.enum(["link", "password"]),
    password: z.string(),
  })
  .check(
    z.refine((user) => !hasPassword(user) || user.password !== "", {
      path: ["password"],
      error: () => t`Password is required`,
      when: () => true,
    }),
  );

export type UserInput = z.output<typeof userSchema>;

export const emptyUser: UserInput = {
  kind: "person",
  name: "",
  emailId: "",
  roles: [],
  teams: [],
  start: "link",
  password: "",
};

/** Whether the first password is chosen here; a program has none. */
export const hasPassword = ({ kind, start }: Pick<UserInput, "kind" | "start">) =>
  kind === "person" && start === "password";

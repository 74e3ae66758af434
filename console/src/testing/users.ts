import type { components } from "@/api/schema";
import { someUser } from "./data";
import { http, server } from "./server";

type Schemas = components["schemas"];

/** What an Admin needs to keep users in order. */
export const adminPermissions = [
  "user:read",
  "user:create",
  "user:update",
  "user:manage",
  "team:read",
  "team:manage",
  "role:read",
  "role:manage",
];

export function someColleague(number: number, changes: Partial<Schemas["User"]> = {}): Schemas["User"] {
  return {
    ...someUser,
    id: `00000000-0000-7000-8000-4${String(number).padStart(11, "0")}`,
    name: `Colleague ${number}`,
    emailId: `colleague${number}@example.org`,
    role: "Agent",
    roles: [{ id: someRole(1).id, name: "Agent" }],
    ...changes,
  };
}

export function userPage(users: Schemas["User"][]): Schemas["UserList"] {
  return { users, page: 1, totalPages: 1, totalUsers: users.length };
}

export function someRole(number: number, changes: Partial<Schemas["Role"]> = {}): Schemas["Role"] {
  return {
    id: `00000000-0000-7000-8000-5${String(number).padStart(11, "0")}`,
    name: `Role ${number}`,
    description: null,
    demandsSecondFactor: false,
    isBuiltIn: false,
    inherits: [],
    grants: [],
    permissions: [],
    version: 1,
    createdAt: someUser.createdAt,
    updatedAt: someUser.updatedAt,
    ...changes,
  };
}

export function someTeam(number: number, changes: Partial<Schemas["Team"]> = {}): Schemas["Team"] {
  return {
    id: `00000000-0000-7000-8000-6${String(number).padStart(11, "0")}`,
    name: `Team ${number}`,
    version: 1,
    createdAt: someUser.createdAt,
    updatedAt: someUser.updatedAt,
    ...changes,
  };
}

export const agentRole = someRole(1, { name: "Agent", isBuiltIn: true });
export const managerRole = someRole(2, { name: "Manager", isBuiltIn: true });

/** Answers which roles and teams there are. */
export function answerRolesAndTeams() {
  server.use(
    http.get("/api/roles", ({ response }) => response(200).json({ roles: [agentRole, managerRole] })),
    http.get("/api/teams", ({ response }) => response(200).json({ teams: [someTeam(1)] })),
  );
}

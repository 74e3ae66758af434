import type { components } from "@/api/schema";

type Schemas = components["schemas"];

const at = "2026-03-01T09:30:00.000Z";

export const someUser: Schemas["User"] = {
  id: "00000000-0000-7000-8000-0000000000aa",
  name: "Ada King",
  emailId: "ada@example.org",
  role: "Admin",
  roles: [],
  teams: [],
  isActive: true,
  isService: false,
  version: 1,
  createdAt: at,
  updatedAt: at,
};

const everything = [
  "read",
  "create",
  "update",
  "delete",
  "assign",
  "convert",
  "import",
  "export",
  "merge",
].flatMap((action) => ["lead", "customer", "task"].map((resource) => `${resource}:${action}`));

export function someone(permissions: string[] = [...everything, "user:read", "view:share"]): Schemas["Me"] {
  const { isActive: _, isService: __, ...me } = someUser;
  return { ...me, permissions: permissions.map((permission) => ({ permission, scope: "all" })) };
}

export function someLead(number: number, changes: Partial<Schemas["Lead"]> = {}): Schemas["Lead"] {
  return {
    id: `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`,
    name: `Lead ${number}`,
    emailId: `lead${number}@example.org`,
    phone: null,
    company: "Analytical Engines",
    status: "New",
    source: null,
    assignedAgent: null,
    tags: [],
    unqualifiedReason: null,
    unqualifiedNote: null,
    recycleCount: 0,
    convertedCustomerId: null,
    assignedAt: null,
    convertedAt: null,
    mergedInto: null,
    custom: {},
    isArchived: false,
    version: 1,
    createdBy: someUser.id,
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

export function leadPage(leads: Schemas["Lead"][], total = leads.length): Schemas["LeadList"] {
  return {
    leads,
    totalLeads: total,
    totalIsCapped: false,
    page: 1,
    totalPages: Math.ceil(total / 100),
    nextCursor: null,
  };
}

export function someProblem(
  code: Schemas["ProblemCode"],
  status: number,
  changes: Partial<Schemas["Problem"]> = {},
): Schemas["Problem"] {
  return {
    type: `urn:crm:problem:${code}`,
    title: code,
    status,
    detail: `It was refused: ${code}`,
    details: [],
    errors: [],
    error: code,
    code,
    instance: "urn:uuid:00000000-0000-7000-8000-0000000000ff",
    request_id: "00000000-0000-7000-8000-0000000000ff",
    retry_after: null,
    ...changes,
  };
}

import type { components } from "@/api/schema";
import { someUser } from "./data";
import { http, server } from "./server";

type Schemas = components["schemas"];

const at = "2026-03-01T09:30:00.000Z";

export function someCustomer(
  number: number,
  changes: Partial<Schemas["CustomerRecord"]> = {},
): Schemas["CustomerRecord"] {
  return {
    id: `00000000-0000-7000-8000-1${String(number).padStart(11, "0")}`,
    name: `Customer ${number}`,
    company: "Analytical Engines",
    emailId: `customer${number}@example.org`,
    phone: null,
    owner: null,
    tags: [],
    notes: [],
    noteCount: 0,
    deals: [],
    originLeadId: null,
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

export function customerPage(
  customers: Schemas["Customer"][],
  total = customers.length,
): Schemas["CustomerList"] {
  return {
    customers,
    totalCustomers: total,
    totalIsCapped: false,
    page: 1,
    totalPages: Math.ceil(total / 100),
    nextCursor: null,
  };
}

export function someActivity(
  number: number,
  action: string,
  changes: Partial<Schemas["Activity"]> = {},
): Schemas["Activity"] {
  return {
    id: `00000000-0000-7000-8000-3${String(number).padStart(11, "0")}`,
    at,
    actor: { type: "user", id: someUser.id, name: someUser.name, owner: null },
    action,
    resource: action.split(".")[0] ?? "",
    resourceId: someCustomer(1).id,
    resourceName: "Customer 1",
    changes: {},
    requestId: null,
    address: null,
    ...changes,
  };
}

/** Answers what the page of a customer asks besides the customer. */
export function answerAround(activities: Schemas["Activity"][] = []) {
  server.use(
    http.get("/api/customers/{id}/timeline", ({ response }) =>
      response(200).json({ activities, nextCursor: null }),
    ),
    http.get("/api/customers/{id}/duplicates", ({ response }) => response(200).json({ candidates: [] })),
    http.get("/api/tasks", ({ response }) => response(200).json(taskPage([]))),
    http.get("/api/users", ({ response }) =>
      response(200).json({ users: [], page: 1, totalPages: 0, totalUsers: 0 }),
    ),
    http.get("/api/tags", ({ response }) => response(200).json({ tags: [], isComplete: true })),
    http.get("/api/search", ({ response }) => response(200).json({ hits: [], isComplete: true })),
  );
}

export function someTask(number: number, changes: Partial<Schemas["Task"]> = {}): Schemas["Task"] {
  return {
    id: `00000000-0000-7000-8000-2${String(number).padStart(11, "0")}`,
    title: `Task ${number}`,
    description: null,
    status: "Open",
    priority: "Medium",
    dueDate: null,
    dueAt: null,
    assignedTo: null,
    relatedTo: null,
    remindAt: null,
    completedAt: null,
    custom: {},
    isArchived: false,
    version: 1,
    createdBy: someUser.id,
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

export function taskPage(tasks: Schemas["Task"][], total = tasks.length): Schemas["TaskList"] {
  return {
    tasks,
    totalTasks: total,
    totalIsCapped: false,
    page: 1,
    totalPages: Math.ceil(total / 100),
    nextCursor: null,
  };
}

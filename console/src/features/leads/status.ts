import type { components } from "@/api/schema";

export type Lead = components["schemas"]["Lead"];
export type LeadStatus = components["schemas"]["LeadStatus"];

export const statuses = ["New", "Contacted", "Nurturing", "Qualified", "Unqualified", "Converted"] as const;

/**
 * Which statuses may follow by an edit. The server decides; it tells which steps it allows only when it refuses one, so
 * they are here too, and e2e/lead-status.spec.ts proves that they are the same.
 */
export const nextStatuses: Record<LeadStatus, readonly LeadStatus[]> = {
  New: ["Contacted", "Nurturing", "Qualified", "Unqualified"],
  Contacted: ["Nurturing", "Qualified", "Unqualified"],
  Nurturing: ["Contacted", "Qualified", "Unqualified"],
  Qualified: ["Contacted", "Nurturing", "Unqualified"],
  Unqualified: ["Contacted"],
  Converted: [],
};

/** With what a lead may begin. */
export const startStatuses = ["New", "Contacted", "Nurturing", "Qualified"] as const;

export const unqualifiedReasons = [
  "NoBudget",
  "NoNeed",
  "NoResponse",
  "Competitor",
  "Duplicate",
  "Spam",
  "Other",
] as const;

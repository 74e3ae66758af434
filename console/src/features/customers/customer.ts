import type { components } from "@/api/schema";

export type Customer = components["schemas"]["Customer"];
export type CustomerRecord = components["schemas"]["CustomerRecord"];
export type UpdateCustomer = components["schemas"]["UpdateCustomer"];

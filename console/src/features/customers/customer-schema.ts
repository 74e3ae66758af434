import { t } from "@lingui/core/macro";
import * as z from "zod/mini";
import type { Draft } from "@/components/custom-fields/draft";

const optionalText = z.string().check(z.trim());

/** What the form asks for. The server checks it too, and more. */
export const customerSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
  company: optionalText,
  emailId: optionalText,
  phone: optionalText,
  owner: z.nullable(z.object({ id: z.string(), name: z.string() })),
  tags: z.array(z.string()),
  custom: z.record(z.string(), z.custom<Draft>()),
});

export type CustomerInput = z.output<typeof customerSchema>;

export const emptyCustomer: CustomerInput = {
  name: "",
  company: "",
  emailId: "",
  phone: "",
  owner: null,
  tags: [],
  custom: {},
};

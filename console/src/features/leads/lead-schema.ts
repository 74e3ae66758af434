import { t } from "@lingui/core/macro";
import * as z from "zod/mini";
import type { Draft } from "@/components/custom-fields/draft";
import { startStatuses } from "./status";

const optionalText = z.string().check(z.trim());

/** What the form asks for. The server checks it too, and more. */
export const leadSchema = z
  .object({
    name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
    emailId: optionalText,
    phone: optionalText,
    company: optionalText,
    source: optionalText,
    status: z.enum(startStatuses),
    agent: z.nullable(z.object({ id: z.string(), name: z.string() })),
    tags: z.array(z.string()),
    custom: z.record(z.string(), z.custom<Draft>()),
  })
  .check(
    z.refine(({ emailId, phone }) => emailId !== "" || phone !== "", {
      path: ["emailId"],
      error: () => t`An email or a phone number is required`,
      // Also while other fields are wrong: all that is missing is said at once.
      when: () => true,
    }),
  );

export type LeadInput = z.output<typeof leadSchema>;

export const emptyLead: LeadInput = {
  name: "",
  emailId: "",
  phone: "",
  company: "",
  source: "",
  status: "New",
  agent: null,
  tags: [],
  custom: {},
};

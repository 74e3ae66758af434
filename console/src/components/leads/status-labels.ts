import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { components } from "@/api/schema";
import type { Tone } from "../ui/badge";

type LeadStatus = components["schemas"]["LeadStatus"];
type UnqualifiedReason = components["schemas"]["UnqualifiedReason"];

export const statusLabels: Record<LeadStatus, MessageDescriptor> = {
  New: msg`New`,
  Contacted: msg`Contacted`,
  Nurturing: msg`Nurturing`,
  Qualified: msg`Qualified`,
  Unqualified: msg`Unqualified`,
  Converted: msg`Converted`,
};

export const statusTones: Record<LeadStatus, Tone> = {
  New: "blue",
  Contacted: "violet",
  Nurturing: "amber",
  Qualified: "green",
  Unqualified: "red",
  Converted: "neutral",
};

export const reasonLabels: Record<UnqualifiedReason, MessageDescriptor> = {
  NoBudget: msg`No budget`,
  NoNeed: msg`No need`,
  NoResponse: msg`No response`,
  Competitor: msg`Chose a competitor`,
  Duplicate: msg`Duplicate`,
  Spam: msg`Spam`,
  Other: msg`Other`,
};

import { t } from "@lingui/core/macro";
import type { components } from "@/api/schema";

export type Candidate = components["schemas"]["DuplicateCandidate"];

/** Why two records may be the same. */
export function matchReason(reason: Candidate["reason"]): string {
  switch (reason) {
    case "email":
      return t`same email`;
    case "phone":
      return t`same phone`;
    case "nameAndCompany":
      return t`same name and company`;
  }
}

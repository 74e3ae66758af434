import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { recordPath } from "@/lib/record-path";
import { FormError } from "./form-error";

type Props = {
  resource: "lead" | "customer";
  /** What the server answered: it says which record has the address already, to who may read it. */
  body: unknown;
  children: ReactNode;
};

export function DuplicateError({ resource, body, children }: Props) {
  const existing =
    typeof body === "object" && body !== null && "existing" in body && typeof body.existing === "string"
      ? recordPath(resource, body.existing)
      : null;
  return (
    <FormError>
      {children}{" "}
      {existing && (
        <Link to={existing} className="font-medium underline">
          <Trans>Open it</Trans>
        </Link>
      )}
    </FormError>
  );
}

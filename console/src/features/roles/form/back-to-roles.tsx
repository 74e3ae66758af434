import { Trans } from "@lingui/react/macro";
import { ArrowLeft } from "lucide-react";
import { Link } from "react-router";

export function BackToRoles() {
  return (
    <Link to="/roles" className="inline-flex h-7 items-center gap-1 rounded-sm text-sm hover:text-text">
      <ArrowLeft size={14} aria-hidden className="rtl:rotate-180" />
      <Trans>Roles</Trans>
    </Link>
  );
}

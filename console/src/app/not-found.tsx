import { Trans, useLingui } from "@lingui/react/macro";
import { Compass } from "lucide-react";
import { Link } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { buttonClass } from "@/components/ui/button";

export function NotFound() {
  const { t } = useLingui();
  return (
    <>
      <PageHeader title={t`Page not found`} />
      <EmptyState
        icon={Compass}
        title={t`There is nothing at this address`}
        actions={
          <Link to="/" className={buttonClass()}>
            <Trans>Go to the start</Trans>
          </Link>
        }
      />
    </>
  );
}

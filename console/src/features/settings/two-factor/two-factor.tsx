import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { SettingsSection } from "../settings-section";
import { twoFactorQuery } from "./queries";
import { RecoveryCodes } from "./recovery-codes";
import { SetUp } from "./set-up";
import { TwoFactorState } from "./two-factor-state";

/** A code besides the password when one signs in. */
export default function TwoFactor() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery(twoFactorQuery);
  /** Shown once, as long as this screen is open. */
  const [codes, setCodes] = useState<string[] | null>(null);
  const showCodes = (shown: string[]) => {
    setCodes(shown);
    // Where a role demands a second factor, all that was refused before is allowed now.
    queryClient.invalidateQueries();
  };
  return (
    <SettingsSection
      title={t`Second factor`}
      description={t`Besides your password, signing in takes a code that an app on your phone shows.`}
    >
      {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />}
      {error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : !data ? (
        <Card>
          <Skeleton className="h-24 w-full" />
        </Card>
      ) : data.isEnabled ? (
        <TwoFactorState state={data} onCodes={showCodes} />
      ) : (
        <SetUp isDemanded={data.isDemanded} onCodes={showCodes} />
      )}
    </SettingsSection>
  );
}

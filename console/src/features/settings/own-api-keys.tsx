import { useLingui } from "@lingui/react/macro";
import { useMe } from "@/api/me";
import { ApiKeys } from "@/components/api-keys/api-keys";
import { SettingsSection } from "./settings-section";

/** Keys by which programs act for oneself. */
export default function OwnApiKeys() {
  const { t } = useLingui();
  const { permissions } = useMe();
  return (
    <SettingsSection title={t`API keys`}>
      <ApiKeys owner={null} held={permissions.map(({ permission }) => permission)} />
    </SettingsSection>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useMe } from "@/api/me";
import { FieldList, FieldRow, FieldText } from "@/components/field-list";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { SettingsSection } from "../settings-section";
import { NameForm } from "./name-form";
import { PasswordForm } from "./password-form";

/** One's own account. */
export default function Profile() {
  const { t } = useLingui();
  const me = useMe();
  return (
    <SettingsSection title={t`Profile`}>
      <Card title={t`Account`}>
        <div className="flex flex-col gap-4">
          <NameForm />
          <FieldList>
            <FieldRow label={t`Email`}>
              <FieldText>
                <span className="min-w-0 break-words">{me.emailId}</span>
              </FieldText>
            </FieldRow>
            <FieldRow label={t`Roles`}>
              <FieldText>
                {me.roles.map(({ id, name }) => (
                  <Badge key={id}>{name}</Badge>
                ))}
              </FieldText>
            </FieldRow>
            <FieldRow label={t`Teams`}>
              <FieldText>
                {me.teams.length === 0 && (
                  <span className="text-text-muted">
                    <Trans>In no team.</Trans>
                  </span>
                )}
                {me.teams.map(({ id, name }) => (
                  <Badge key={id}>{name}</Badge>
                ))}
              </FieldText>
            </FieldRow>
          </FieldList>
          <p className="text-sm text-text-muted">
            <Trans>Somebody who manages users changes these.</Trans>
          </p>
        </div>
      </Card>
      <Card title={t`Password`}>
        <PasswordForm />
      </Card>
    </SettingsSection>
  );
}

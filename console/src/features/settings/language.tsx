import { useLingui } from "@lingui/react/macro";
import { Card } from "@/components/ui/card";
import { Combobox } from "@/components/ui/combobox";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { formatDateTime } from "@/lib/format";
import { activateLocale } from "@/lib/i18n";
import { usePreferences } from "@/stores/preferences";
import { SettingsSection } from "./settings-section";

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const zones = Intl.supportedValuesOf("timeZone").map((id) => ({ id, name: id.replaceAll("_", " ") }));

/** In which language and zone this browser shows texts and times. */
export default function Language() {
  const { t } = useLingui();
  const { locale, timeZone } = usePreferences();
  return (
    <SettingsSection title={t`Language and time`} description={t`Kept in this browser.`}>
      <Card>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t`Language`}>
            {(control) => (
              <Select
                {...control}
                value={locale ?? ""}
                onValueChange={(value) => {
                  usePreferences.setState({ locale: value || null });
                  activateLocale();
                }}
                options={[
                  { value: "", label: t`As the browser` },
                  { value: "en", label: "English" },
                  { value: "de", label: "Deutsch" },
                ]}
              />
            )}
          </Field>
          <Field
            label={t`Time zone`}
            description={t`It is ${formatDateTime(new Date().toISOString())} there.`}
          >
            {(control) => (
              <Combobox
                {...control}
                items={zones}
                value={zones.find(({ id }) => id === timeZone) ?? null}
                onValueChange={(zone) => usePreferences.setState({ timeZone: zone?.id ?? null })}
                placeholder={t`As the browser: ${browserZone}`}
              />
            )}
          </Field>
        </div>
      </Card>
    </SettingsSection>
  );
}

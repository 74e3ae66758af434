import { useLingui } from "@lingui/react/macro";
import { Card } from "@/components/ui/card";
import { RadioList } from "@/components/ui/radio-list";
import { Switch } from "@/components/ui/switch";
import { type Density, type Theme, usePreferences } from "@/stores/preferences";
import { SettingsSection } from "./settings-section";

/** How this browser shows the console. */
export default function Appearance() {
  const { t } = useLingui();
  const { theme, density, singleKeyShortcuts } = usePreferences();
  return (
    <SettingsSection title={t`Appearance`} description={t`Kept in this browser.`}>
      <Card>
        <RadioList<Theme>
          label={t`Theme`}
          value={theme}
          onValueChange={(value) => usePreferences.setState({ theme: value })}
          options={[
            { value: "light", label: t`Light` },
            { value: "dark", label: t`Dark` },
            { value: "system", label: t`As the system` },
          ]}
        />
      </Card>
      <Card>
        <RadioList<Density>
          label={t`Rows of lists`}
          value={density}
          onValueChange={(value) => usePreferences.setState({ density: value })}
          options={[
            { value: "comfortable", label: t`Comfortable` },
            { value: "compact", label: t`Compact` },
          ]}
        />
      </Card>
      <Card>
        <Switch
          label={t`Shortcuts without Ctrl or ⌘`}
          checked={singleKeyShortcuts}
          onCheckedChange={(checked) => usePreferences.setState({ singleKeyShortcuts: checked })}
        />
        <p className="mt-1 text-sm text-text-muted">
          {t`Turn them off when you speak to your computer, or press keys by accident.`}
        </p>
      </Card>
    </SettingsSection>
  );
}

import { useLingui } from "@lingui/react/macro";
import { useSearchParams } from "react-router";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { setParameter } from "@/lib/list-state";
import { type Preset, presetLabels, presets, readPeriod } from "./period";

/** Chooses the days that are counted; they are kept in the URL. `shown` are those on the screen. */
export function PeriodPicker({ shown }: { shown: { from: string; to: string } | undefined }) {
  const { t, i18n } = useLingui();
  const [parameters, setParameters] = useSearchParams();
  const { preset, from, to } = readPeriod(parameters);

  const change = (values: { period?: Preset; from?: string; to?: string }) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        for (const name of ["period", "from", "to"] as const) setParameter(next, name, values[name] ?? null);
        return next;
      },
      { replace: true },
    );
  const choose = (chosen: Preset) => {
    if (chosen === "custom") change(shown ?? {});
    else change(chosen === "30d" ? {} : { period: chosen });
  };

  return (
    <>
      <Select
        aria-label={t`Period`}
        className="min-w-36"
        options={presets.map((value) => ({ value, label: i18n._(presetLabels[value]) }))}
        value={preset}
        onValueChange={choose}
      />
      {preset === "custom" && (
        <>
          <Input
            type="date"
            aria-label={t`From`}
            className="max-w-36"
            value={from}
            max={to || undefined}
            onChange={(event) => change({ from: event.target.value, to })}
          />
          <Input
            type="date"
            aria-label={t`To`}
            className="max-w-36"
            value={to}
            min={from || undefined}
            onChange={(event) => change({ from, to: event.target.value })}
          />
        </>
      )}
    </>
  );
}

import { useLingui } from "@lingui/react/macro";
import { scopeLabels, scopeMeanings, scopes } from "./scopes";

/** What the reach of a permission means. */
export function ScopeLegend() {
  const { t, i18n } = useLingui();
  return (
    <dl aria-label={t`How far permissions reach`} className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {scopes.map((scope) => (
        <div key={scope} className="flex gap-1.5">
          <dt className="font-medium">{i18n._(scopeLabels[scope])}</dt>
          <dd className="text-text-muted">{i18n._(scopeMeanings[scope])}</dd>
        </div>
      ))}
    </dl>
  );
}

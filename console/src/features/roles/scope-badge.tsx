import { useLingui } from "@lingui/react/macro";
import type { Scope } from "@/api/permissions";
import { Badge, type Tone } from "@/components/ui/badge";
import { scopeLabels } from "./scopes";

const tones: Record<Scope, Tone> = { own: "neutral", queue: "amber", team: "blue", all: "green" };

/** How far a permission reaches; a dash where it is not granted. */
export function ScopeBadge({ scope }: { scope: Scope | undefined }) {
  const { t, i18n } = useLingui();
  if (!scope) {
    return (
      <span className="relative text-text-muted">
        <span aria-hidden>–</span>
        <span className="sr-only">{t`not granted`}</span>
      </span>
    );
  }
  return <Badge tone={tones[scope]}>{i18n._(scopeLabels[scope])}</Badge>;
}

import { useLingui } from "@lingui/react/macro";
import { clsx } from "clsx";
import { Check } from "lucide-react";
import type { Ref } from "react";
import { GuardedButton } from "@/components/ui/guarded-button";
import type { Deal, Stage } from "../deal";

type Props = {
  ref: Ref<HTMLOListElement>;
  deal: Deal;
  stages: readonly Stage[];
  disabledReason: string | false;
  onMove: (stage: Stage) => void;
};

/** The open stages in their order: where the deal stands among them, and the way to each. */
export function StageBar({ ref, deal, stages, disabledReason, onMove }: Props) {
  const { t } = useLingui();
  const open = stages.filter(({ kind }) => kind === "open");
  const current = open.findIndex(({ id }) => id === deal.stage.id);
  return (
    <ol ref={ref} aria-label={t`Stages`} className="flex flex-wrap gap-1.5 px-4 pb-4 sm:px-6">
      {open.map((stage, index) => {
        const isPast = deal.stage.kind === "won" || index < current;
        return (
          <li key={stage.id} className="grow basis-24">
            <GuardedButton
              size="small"
              aria-current={index === current ? "step" : undefined}
              disabledReason={disabledReason}
              icon={isPast && <Check size={14} aria-hidden />}
              className={clsx(
                "w-full aria-[current=step]:border-accent aria-[current=step]:bg-selected aria-[current=step]:text-accent-text",
                isPast && "text-text-muted",
              )}
              onClick={() => index !== current && onMove(stage)}
            >
              <span className="truncate">{stage.name}</span>
            </GuardedButton>
          </li>
        );
      })}
    </ol>
  );
}

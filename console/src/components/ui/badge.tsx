import { clsx } from "clsx";
import type { ReactNode } from "react";

const tones = {
  neutral: "bg-neutral-soft text-neutral-on-soft",
  blue: "bg-blue-soft text-blue-on-soft",
  amber: "bg-amber-soft text-amber-on-soft",
  green: "bg-green-soft text-green-on-soft",
  red: "bg-red-soft text-red-on-soft",
  violet: "bg-violet-soft text-violet-on-soft",
};

export type Tone = keyof typeof tones;

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={clsx(
        "inline-flex max-w-full items-center rounded-sm px-1.5 font-medium text-xs leading-5",
        tones[tone],
      )}
    >
      <span className="truncate">{children}</span>
    </span>
  );
}

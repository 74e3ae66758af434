import { clsx } from "clsx";

const tones = [
  "bg-blue-soft text-blue-on-soft",
  "bg-amber-soft text-amber-on-soft",
  "bg-green-soft text-green-on-soft",
  "bg-red-soft text-red-on-soft",
  "bg-violet-soft text-violet-on-soft",
  "bg-neutral-soft text-neutral-on-soft",
];

const sizes = { small: "size-5 text-[0.5625rem]", medium: "size-6 text-[0.625rem]" };

type Props = { name: string; size?: keyof typeof sizes; className?: string };

/** The initials of a name, beside which the name stands. One name has one colour everywhere. */
export function Avatar({ name, size = "small", className }: Props) {
  const words = name.trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? "")][0] ?? "",
  );
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span
      aria-hidden
      className={clsx(
        "inline-grid shrink-0 select-none place-items-center rounded-full font-semibold uppercase",
        sizes[size],
        tones[sum % tones.length],
        className,
      )}
    >
      {initials.join("")}
    </span>
  );
}

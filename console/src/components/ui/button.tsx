import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { Spinner } from "./spinner";

const variants = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border border-line bg-surface text-text hover:bg-hover",
  ghost: "text-text hover:bg-hover",
  danger: "bg-danger text-on-accent hover:bg-danger-hover",
};

const sizes = {
  medium: "h-8 gap-1.5 px-3",
  small: "h-7 gap-1 px-2 text-sm",
  icon: "size-8",
  smallIcon: "size-7",
};

export type ButtonStyle = { variant?: keyof typeof variants; size?: keyof typeof sizes };

export function buttonClass(
  { variant = "secondary", size = "medium" }: ButtonStyle = {},
  className?: string,
) {
  return clsx(
    "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md font-medium transition-colors",
    "disabled:cursor-default disabled:opacity-60 aria-disabled:cursor-default aria-disabled:opacity-60 data-disabled:opacity-60",
    variants[variant],
    sizes[size],
    className,
  );
}

type Props = ComponentProps<"button"> &
  ButtonStyle & {
    icon?: ReactNode;
    /** Shows that what the button began goes on. */
    pending?: boolean;
  };

/** One that may be forbidden is a `GuardedButton`, and one without words an `IconButton`. */
export function Button({ variant, size, icon, pending, className, children, onClick, ...props }: Props) {
  return (
    <button
      type="button"
      {...props}
      aria-disabled={pending || props["aria-disabled"]}
      aria-busy={pending || undefined}
      className={buttonClass({ variant, size }, className)}
      onClick={pending ? (event) => event.preventDefault() : onClick}
    >
      {pending ? <Spinner /> : icon}
      {children}
    </button>
  );
}

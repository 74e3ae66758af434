import { Toast } from "@base-ui/react/toast";

/** Shown by the `Toaster` of the app; anything may add to it, components or not. */
export const toastManager = Toast.createToastManager();

type Notice = {
  title: string;
  description?: string | undefined;
  type?: "error";
  undo?: { label: string; run: () => void };
};

/** Long enough to read and to reach Undo; hovering or focusing stops the clock. */
const timeout = 10_000;

/** What was said before the `Toaster`, which is loaded late, was there to show it; `null` once it is. */
let waiting: Notice[] | null = [];

/** Called by the `Toaster` when it is there; what it returns, when it goes. */
export function showNotices(): () => void {
  const before = waiting ?? [];
  waiting = null;
  before.forEach(notify);
  return () => {
    waiting = [];
  };
}

export function notify(notice: Notice): void {
  if (waiting) waiting.push(notice);
  else add(notice);
}

function add({ title, description, type, undo }: Notice): void {
  const id = toastManager.add({
    title,
    description,
    timeout,
    priority: type === "error" ? "high" : "low",
    ...(type && { type }),
    ...(undo && {
      actionProps: {
        children: undo.label,
        onClick: () => {
          toastManager.close(id);
          undo.run();
        },
      },
    }),
  });
}

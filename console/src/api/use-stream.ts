import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from "react";
import { useAuth } from "@/stores/auth";
import { type Following, follow, type StreamEvent } from "./event-stream";

type Stream = Pick<Following, "open" | "onEvent" | "onGap"> & {
  /** Tells it from other streams. */
  name: string;
};

/**
 * Follows a stream of the server while the page is visible. Of all tabs of a browser one asks, and tells the others:
 * browsers open six connections to a server at most, and each stream takes one.
 */
export function useStream({ name, ...stream }: Stream): void {
  const isVisible = useIsVisible();
  const user = useAuth((state) => state.user?.id);
  const lastId = useRef<string | null>(null);
  const channel = useRef<BroadcastChannel>(null);
  const place = `crm.${name}.${user}`;

  const hear = useEffectEvent((event: StreamEvent) => {
    lastId.current = event.id ?? lastId.current;
    stream.onEvent(event);
  });
  const onGap = useEffectEvent(stream.onGap);
  const open = useEffectEvent(stream.open);

  useEffect(() => {
    const opened = new BroadcastChannel(place);
    opened.onmessage = ({ data }: MessageEvent<StreamEvent>) => hear(data);
    channel.current = opened;
    return () => opened.close();
  }, [place]);

  useEffect(() => {
    if (!isVisible) return;
    const stop = new AbortController();
    const { signal } = stop;
    inOneTab(place, signal, () =>
      follow({
        open: (from, ended) => open(from, ended),
        lastId: () => lastId.current,
        onEvent: (event) => {
          channel.current?.postMessage(event);
          hear(event);
        },
        onGap: () => onGap(),
        signal,
      }),
    );
    return () => stop.abort();
  }, [isVisible, place]);
}

/** Runs in one of the tabs that ask for it, and in the next one when that one stops. */
function inOneTab(name: string, signal: AbortSignal, run: () => Promise<void>): void {
  // Browsers have locks in secure contexts only; without them every tab asks for itself.
  if (!navigator.locks) run();
  else navigator.locks.request(name, { signal }, run).catch(() => {});
}

function useIsVisible(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener("visibilitychange", changed);
      return () => document.removeEventListener("visibilitychange", changed);
    },
    () => !document.hidden,
  );
}

import type { Page } from "@playwright/test";

/** Leaves out the streams of what happens, which never end, so that the network comes to rest. */
export async function withoutStreams(page: Page): Promise<void> {
  await page.route("**/api/**/stream", (route) => route.abort());
}

/** Waits until what fades or moves has done so: until then it has less contrast. */
export async function untilStill(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== "running"),
  );
}

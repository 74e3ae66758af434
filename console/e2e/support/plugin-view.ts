import type { Page } from "@playwright/test";
import type { components } from "../../src/api/schema";

/** Puts the view of webhooks, for which there are screens, where there are none: at another place. */
export async function moveWebhooks(page: Page): Promise<void> {
  await page.route("**/api/meta", async (route) => {
    const response = await route.fetch();
    const meta: components["schemas"]["Meta"] = await response.json();
    const moved = { plugin: "notifications", label: "Hooks", path: "/hooks" };
    const views = meta.views.map((view) => ({ ...view, place: "/hooks", title: "Hooks" }));
    await route.fulfill({ response, json: { ...meta, navigation: [moved], views } });
  });
}

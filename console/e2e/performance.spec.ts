import type { CDPSession } from "@playwright/test";
import { expect, test } from "./support/test";

// Of demo leads some are archived.
// What a trace records would be measured along.
test.use({ trace: "off", server: { demoLeads: 110_000 } });

/** Milliseconds of the 16.7 that a frame has. Two machines needed 6.2 and 8.6 for the same console: their processors differ in speed. */
const budget = { task: 12, script: 4 };

async function metrics(session: CDPSession) {
  const { metrics: all } = await session.send("Performance.getMetrics");
  const of = (name: string) => (all.find((metric) => metric.name === name)?.value ?? 0) * 1000;
  return { task: of("TaskDuration"), script: of("ScriptDuration") };
}

test("a hundred thousand leads open with one request, are few rows, and scroll within a frame", async ({
  signedIn: page,
  context,
}) => {
  test.setTimeout(120_000);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/leads") asked.push(request.url());
  });
  // One that is sorted otherwise is not what was asked for before.
  await page.goto("/leads?sort=name");
  const table = page.getByRole("table", { name: "Leads" });
  await expect(table.getByRole("link").first()).toBeVisible();
  // Counting stops at a thousand; what is beyond is counted once more, apart from the rows.
  await expect(page.getByText(/of 10\d,\d\d\d/)).toBeVisible();
  expect(asked.filter((url) => !url.includes("count=exact"))).toHaveLength(1);
  expect(await table.getByRole("row").count()).toBeLessThanOrEqual(60);

  const session = await context.newCDPSession(page);
  // Time of the processor: what else the machine does does not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const list = page.getByRole("region", { name: "Leads" });
  const scroll = (frames: number) =>
    list.evaluate(
      (element, count) =>
        new Promise<void>((resolve) => {
          const step = (left: number) => {
            element.scrollTop += 120;
            if (left === 0) resolve();
            else requestAnimationFrame(() => step(left - 1));
          };
          requestAnimationFrame(() => step(count));
        }),
      frames,
    );
  await scroll(60);
  const frames = 240;
  const measure = async () => {
    const before = await metrics(session);
    await scroll(frames);
    const after = await metrics(session);
    return { task: (after.task - before.task) / frames, script: (after.script - before.script) / frames };
  };
  // The least of some: whatever else is going on can only make it more.
  const measured = [await measure(), await measure(), await measure()];
  const perFrame = {
    task: Math.min(...measured.map(({ task }) => task)),
    script: Math.min(...measured.map(({ script }) => script)),
  };
  test.info().annotations.push({ type: "per frame", description: JSON.stringify(measured) });
  expect(perFrame.task).toBeLessThan(budget.task);
  expect(perFrame.script).toBeLessThan(budget.script);
  expect(await table.getByRole("row").count()).toBeLessThanOrEqual(60);
  expect(await list.evaluate((element) => element.scrollTop)).toBeGreaterThan(120 * frames);
});

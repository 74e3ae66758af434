import { startStatuses, statuses } from "../src/features/leads/status";
import { expect, makeLead, test } from "./support/test";

const reasons = { unqualifiedReason: "NoNeed" } as const;

test("offers those next statuses that the server allows, and no others", async ({ signedIn: page, api }) => {
  test.setTimeout(120_000);
  for (const status of [...startStatuses, "Unqualified"] as const) {
    const lead = await makeLead(api, `Status ${status}`);
    const path = { id: lead.id };
    const body = status === "Unqualified" ? { status, ...reasons } : { status };
    if (status !== "New") await api.PATCH("/api/leads/{id}", { params: { path }, body });

    await page.goto(`/leads/${lead.id}`);
    const group = page.getByRole("group", { name: "Move to" });
    await expect(group).toBeVisible();
    const offered = await group.getByRole("button").allTextContents();

    const allowed: string[] = [];
    for (const next of statuses.filter((other) => other !== status)) {
      const probe = await makeLead(api, `Probe ${status} ${next}`);
      const probePath = { id: probe.id };
      if (status !== "New") await api.PATCH("/api/leads/{id}", { params: { path: probePath }, body });
      const { response } = await api.PATCH("/api/leads/{id}", {
        params: { path: probePath },
        body: next === "Unqualified" ? { status: next, ...reasons } : { status: next },
      });
      if (response.ok) allowed.push(next);
    }
    expect(offered, status).toEqual(allowed);
  }
});

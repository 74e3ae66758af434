import { test as base, expect, type Page } from "@playwright/test";
import createClient from "openapi-fetch";
import type { components, paths } from "../../src/api/schema";
import { admin, startServer } from "./server";

type Api = Awaited<ReturnType<typeof signInToApi>>;

async function signInToApi(baseUrl: string) {
  const client = createClient<paths>({ baseUrl });
  const { data } = await client.POST("/api/auth/login", {
    body: { emailId: admin.emailId, password: admin.password },
  });
  if (!data) throw new Error("The Admin cannot sign in");
  client.use({
    onRequest: ({ request }) => {
      request.headers.set("Authorization", `Bearer ${data.token}`);
    },
  });
  return client;
}

/** A server with a database of its own for each worker. Another binary or other parameters are an option of a file. */
export const test = base.extend<
  { api: Api; signedIn: Page; problems: string[] },
  { server: Parameters<typeof startServer>[0]; url: string }
>({
  server: [{}, { option: true, scope: "worker" }],
  url: [
    async ({ server }, use) => {
      const { url, stop } = await startServer(server);
      await use(url);
      await stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  /** The API, as the Admin, to prepare what a test needs. */
  api: async ({ url }, use) => use(await signInToApi(url)),
  baseURL: async ({ url }, use) => use(url),
  /** What the browser complains of, such as the content policy. Must be empty at the end of each test. */
  problems: [
    async ({ page }, use) => {
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => {
        // Answers such as 401 and 409 are part of a test; the browser notes them all the same.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
          problems.push(message.text());
        }
      });
      await use(problems);
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],
  /** A page on which the Admin has signed in. */
  signedIn: async ({ page }, use) => {
    await signIn(page);
    await use(page);
  },
});

export { expect };

export async function signIn(page: Page, { emailId, password } = admin): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Email").fill(emailId);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
  await expect(page).not.toHaveURL(/login/);
}

/** What was made, or why it was not. */
function made<Data>({ data, error }: { data?: Data; error?: { detail: string } }): Data {
  if (data === undefined) throw new Error(`The server refused it: ${error?.detail}`);
  return data;
}

/** Makes a lead by the API. */
export async function makeLead(api: Api, name: string, changes: { company?: string; tags?: string[] } = {}) {
  const emailId = `${crypto.randomUUID()}@example.org`;
  return made(await api.POST("/api/leads", { body: { name, emailId, ...changes } }));
}

/** Makes a customer by the API. */
export async function makeCustomer(
  api: Api,
  name: string,
  changes: Omit<components["schemas"]["CreateCustomer"], "name"> = {},
) {
  return made(
    await api.POST("/api/customers", {
      params: { query: { allowDuplicate: true } },
      body: { name, ...changes },
    }),
  );
}

/** Makes a deal by the API, with a customer of its own unless one is given. */
export async function makeDeal(
  api: Api,
  name: string,
  changes: Partial<components["schemas"]["DealsCreateDeal"]> = {},
) {
  const customerId = changes.customerId ?? (await makeCustomer(api, `Customer of ${name}`)).id;
  return made(await api.POST("/api/deals", { body: { ...changes, name, customerId } }));
}

/** A stage of the pipeline that every workspace begins with, by its name. */
export async function findStage(api: Api, name: string) {
  const { data } = await api.GET("/api/deals/pipelines");
  const stage = data?.pipelines[0]?.stages.find((other) => other.name === name);
  if (!stage) throw new Error(`There is no stage ${name}`);
  return stage;
}

/** Makes a task by the API. */
export async function makeTask(api: Api, body: components["schemas"]["CreateTask"]) {
  return made(await api.POST("/api/tasks", { body }));
}

/** Makes somebody with a role, who can sign in. */
export async function makeUser(api: Api, role: "Manager" | "Agent" | "ReadOnly") {
  const emailId = `${role.toLowerCase()}.${crypto.randomUUID().slice(0, 8)}@example.org`;
  const password = `violet-${crypto.randomUUID()}`;
  const roles = await api.GET("/api/roles");
  const id = roles.data?.roles.find(({ name }) => name === role)?.id ?? "";
  const { user, link } = made(
    await api.POST("/api/users", { body: { name: `Some ${role}`, emailId, roles: [id] } }),
  );
  const token = link?.url.split("token=")[1] ?? "";
  made(await api.POST("/api/auth/password", { body: { token, password } }));
  return { ...user, emailId, password };
}

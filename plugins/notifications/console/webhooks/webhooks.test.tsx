import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { someDelivery, someWebhook, webhookPermissions } from "../testing";
import type { Delivery, Webhook } from "./queries";

const permissions = [...webhookPermissions, "lead:read"];
const path = `/webhooks/${someWebhook().id}`;

const catalogue = {
  paths: {},
  components: { schemas: {} },
  "x-events": {
    "lead.created": { resource: "lead", description: "A lead was made." },
    "lead.archived": { resource: "lead", description: "A lead was put away." },
    "task.created": { resource: "task", description: "A task was made." },
  },
};

function answerWebhooks(...webhooks: Webhook[]) {
  server.use(
    http.get("/api/notifications/webhooks", ({ response }) =>
      response(200).json({
        webhooks,
        totalWebhooks: webhooks.length,
        totalIsCapped: false,
        page: 1,
        totalPages: 1,
        nextCursor: null,
      }),
    ),
  );
}

function answerWebhook(webhook = someWebhook(), deliveries: Delivery[] = []) {
  server.use(
    http.get("/api/notifications/webhooks/{id}", ({ response }) => response(200).json(webhook)),
    http.get("/api/notifications/webhooks/{id}/deliveries", ({ response }) =>
      response(200).json({ deliveries, nextCursor: null }),
    ),
  );
}

beforeEach(() => {
  server.use(
    http.untyped.get("*/api/openapi.json", () => Response.json(catalogue)),
    http.get("/api/users/{id}", ({ response }) => response(404).json(someProblem("not-found", 404))),
  );
});

test("lists webhooks, and says which are off and why", async () => {
  answerWebhooks(
    someWebhook(),
    someWebhook({ id: "00000000-0000-7000-8000-000000000078", isEnabled: false, disabledReason: "failing" }),
  );
  renderRoute("/webhooks", { permissions });
  expect(await screen.findByText("On")).toBeInTheDocument();
  expect(screen.getByText("Off: deliveries failed")).toBeInTheDocument();
  expect(screen.getAllByText("Ada King")).toHaveLength(2);
});

test("makes a webhook of events of the catalogue, and shows its secret once", async () => {
  answerWebhooks();
  answerWebhook();
  const sent: unknown[] = [];
  server.use(
    http.post("/api/notifications/webhooks", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json({ secret: "whsec_abc", webhook: someWebhook() });
    }),
  );
  const { user, router } = renderRoute("/webhooks/new", { permissions });
  const dialog = await screen.findByRole("dialog", { name: "New webhook" });
  await user.click(within(dialog).getByRole("button", { name: "Create webhook" }));
  expect(await within(dialog).findByText("Name is required")).toBeInTheDocument();
  expect(within(dialog).getByText("Choose at least one event")).toBeInTheDocument();

  await user.type(within(dialog).getByRole("textbox", { name: "Name" }), "Billing");
  await user.type(within(dialog).getByRole("textbox", { name: "Address" }), "https://hooks.example.org");
  await user.type(within(dialog).getByRole("searchbox"), "put away");
  await user.click(within(dialog).getByRole("checkbox", { name: /lead\.archived/ }));
  await user.clear(within(dialog).getByRole("searchbox"));
  await user.click(within(dialog).getByRole("checkbox", { name: "Tasks" }));
  expect(within(dialog).getByText("Events (2 chosen)")).toBeInTheDocument();
  await user.click(within(dialog).getByRole("button", { name: "Create webhook" }));

  const secret = await screen.findByRole("textbox", { name: "Secret" });
  expect(secret).toHaveValue("whsec_abc");
  expect(sent).toEqual([
    { name: "Billing", url: "https://hooks.example.org", eventTypes: ["lead.archived", "task.created"] },
  ]);
  await user.click(screen.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(router.state.location.pathname).toBe(path));
});

test("shows at the field what the server refuses, and keeps what was typed", async () => {
  answerWebhooks();
  server.use(
    http.post("/api/notifications/webhooks", ({ response }) =>
      response(400).json(
        someProblem("validation-failed", 400, {
          errors: [{ pointer: "#/url", parameter: null, code: "not-allowed", message: "must be public" }],
        }),
      ),
    ),
  );
  const { user } = renderRoute("/webhooks/new", { permissions });
  const dialog = await screen.findByRole("dialog", { name: "New webhook" });
  await user.type(within(dialog).getByRole("textbox", { name: "Name" }), "Billing");
  await user.type(within(dialog).getByRole("textbox", { name: "Address" }), "http://10.0.0.1");
  await user.click(await within(dialog).findByRole("checkbox", { name: "Leads" }));
  await user.click(within(dialog).getByRole("button", { name: "Create webhook" }));
  const address = within(dialog).getByRole("textbox", { name: "Address" });
  await waitFor(() => expect(address).toHaveAccessibleDescription(/must be public/));
  expect(address).toHaveValue("http://10.0.0.1");
});

test("events are typed where the server does not tell them", async () => {
  answerWebhooks();
  server.use(http.untyped.get("*/api/openapi.json", () => new Response(null, { status: 404 })));
  renderRoute("/webhooks/new", { permissions });
  expect(await screen.findByRole("textbox", { name: "Events" })).toHaveAccessibleDescription(
    /One name a line/,
  );
});

test("shows what became of deliveries, and delivers one again", async () => {
  answerWebhook(someWebhook(), [
    someDelivery(1),
    someDelivery(2, { state: "failed", lastStatus: null, lastFailure: "not-connected", tries: 10 }),
    someDelivery(3, { state: "pending", tries: 0, eventType: "lead.archived" }),
  ]);
  const again: string[] = [];
  server.use(
    http.post(
      "/api/notifications/webhooks/{id}/deliveries/{deliveryId}/redeliver",
      ({ params, response }) => {
        again.push(params.deliveryId);
        return response(202).json(someDelivery(2, { state: "pending" }));
      },
    ),
  );
  const { user } = renderRoute(path, { permissions });
  const failed = await screen.findByRole("row", { name: /No connection/ });
  expect(failed).toHaveTextContent("10");
  expect(screen.getByRole("row", { name: /Delivered/ })).toHaveTextContent("204");
  expect(screen.getByRole("button", { name: "Deliver lead.archived again" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  await user.click(within(failed).getByRole("button"));
  await waitFor(() => expect(again).toEqual([someDelivery(2).id]));
});

test("pings, switches off, and gives another secret", async () => {
  answerWebhook();
  const sent: unknown[] = [];
  server.use(
    http.post("/api/notifications/webhooks/{id}/ping", ({ response }) => {
      sent.push("ping");
      return response(202).json({ message: "Begun" });
    }),
    http.patch("/api/notifications/webhooks/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json(someWebhook({ isEnabled: false, disabledReason: "byUser", version: 2 }));
    }),
    http.post("/api/notifications/webhooks/{id}/rotate-secret", ({ response }) =>
      response(200).json({ secret: "whsec_new", webhook: someWebhook({ version: 3 }) }),
    ),
  );
  const { user } = renderRoute(path, { permissions });
  await user.click(await screen.findByRole("button", { name: "Ping" }));
  await user.click(screen.getByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Switch off" }));
  await waitFor(() => expect(sent).toEqual(["ping", '"1"', { isEnabled: false }]));
  expect(await screen.findByText("Switched off")).toBeInTheDocument();

  await user.click(screen.getByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Make another secret…" }));
  await user.click(await screen.findByRole("button", { name: "Make another secret" }));
  expect(await screen.findByRole("textbox", { name: "Secret" })).toHaveValue("whsec_new");
});

test("asks before a webhook is deleted", async () => {
  answerWebhook();
  answerWebhooks();
  let deleted = false;
  server.use(
    http.delete("/api/notifications/webhooks/{id}", ({ response }) => {
      deleted = true;
      return response(200).json({ message: "Done" });
    }),
  );
  const { user, router } = renderRoute(path, { permissions });
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete…" }));
  expect(deleted).toBe(false);
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/webhooks"));
  expect(deleted).toBe(true);
});

test("only its owner changes where a webhook goes; others may switch it off", async () => {
  answerWebhook(someWebhook({ owner: "00000000-0000-7000-8000-0000000000bb" }));
  const { user } = renderRoute(path, { permissions });
  const edit = await screen.findByRole("button", { name: "Edit" });
  expect(edit).toHaveAttribute("aria-disabled", "true");
  await user.click(screen.getByRole("button", { name: "More actions" }));
  expect(await screen.findByRole("menuitem", { name: "Switch off" })).not.toHaveAttribute("data-disabled");
  expect(screen.getByRole("menuitem", { name: /Make another secret/ })).toHaveTextContent(
    "Only its owner may do this",
  );
});

test("a change of somebody else in the meantime is told in the form", async () => {
  let current = someWebhook();
  answerWebhook();
  server.use(
    http.get("/api/notifications/webhooks/{id}", ({ response }) => response(200).json(current)),
    http.patch("/api/notifications/webhooks/{id}", async ({ request, response }) => {
      if (request.headers.get("If-Match") !== `"${current.version}"`) {
        return response("default").json(someProblem("stale", 412), { status: 412 });
      }
      const { name } = await request.json();
      return response(200).json({ ...current, name: name ?? current.name, version: 3 });
    }),
  );
  const { user, router } = renderRoute(`${path}/edit`, { permissions });
  const name = await screen.findByRole("textbox", { name: "Name" });
  current = someWebhook({ version: 2, isEnabled: false });
  await user.clear(name);
  await user.type(name, "Mine");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.click(await screen.findByRole("button", { name: "Save mine all the same" }));
  await waitFor(() => expect(router.state.location.pathname).toBe(path));
  expect(await screen.findByRole("heading", { level: 1, name: "Mine" })).toBeInTheDocument();
});

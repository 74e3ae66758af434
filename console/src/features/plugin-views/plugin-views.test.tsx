import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { answerAround, someCustomer } from "@/testing/customers";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { car, document, meta } from "./testing";

const permissions = ["read", "create", "update"].map((action) => `fleet.car:${action}`);
const options = { meta, permissions: [...permissions, "customer:read", "task:read"] };

const anything = http.untyped;

/** Answers the list, and notes how it was asked for. */
function answerCars(cars: unknown[], total = cars.length) {
  const asked: URLSearchParams[] = [];
  server.use(
    anything.get("*/api/fleet/cars", ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return Response.json({ cars, totalCars: total, totalIsCapped: false, totalPages: 1 });
    }),
  );
  return asked;
}

beforeEach(() => {
  answerAround();
  server.use(
    anything.get("*/api/openapi.json", () => Response.json(document)),
    anything.get(`*/api/fleet/cars/${car.id}`, () => Response.json(car)),
    http.get("/api/customers/{id}", ({ response }) => response(200).json(someCustomer(1))),
  );
});

test("a plugin has a place in the navigation, and a list by the schema of its answer", async () => {
  const asked = answerCars([car], 1);
  renderRoute("/cars?kind=smallCar", options);
  const table = await screen.findByRole("table", { name: "Cars" });
  expect(await within(table).findByRole("link", { name: "Beetle" })).toHaveAttribute(
    "href",
    `/cars/${car.id}`,
  );
  expect(
    within(table)
      .getAllByRole("columnheader")
      .map((cell) => cell.textContent),
  ).toEqual(["Name", "Kind", "Seats", "Is electric", "Bought on"]);
  expect(within(table).getByText("Jan 31, 2026")).toBeInTheDocument();
  expect(within(table).getByText("No")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Cars" })).toHaveAttribute("href", "/cars");
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    kind: "smallCar",
    sort: "name",
    page: "1",
    limit: "100",
  });
  expect(asked).toHaveLength(1);
});

test("sorts, filters and searches by what the operation takes", async () => {
  const asked = answerCars([car]);
  const { user, router } = renderRoute("/cars", options);
  await user.click(await screen.findByRole("button", { name: "Seats" }));
  await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("seats"));
  expect(screen.queryByRole("button", { name: "Bought on" })).not.toBeInTheDocument();
  await user.type(screen.getByRole("searchbox"), "bee");
  await waitFor(() => expect(asked.at(-1)?.get("search")).toBe("bee"));
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.click(await screen.findByRole("menuitem", { name: "Kind" }));
  await user.click(await screen.findByRole("checkbox", { name: "Small car" }));
  await waitFor(() => expect(router.state.location.search).toContain("kind=smallCar"));
});

test("shows all that is known of a record, and names the records that it refers to", async () => {
  renderRoute(`/cars/${car.id}`, options);
  expect(await screen.findByRole("heading", { level: 1, name: "Beetle" })).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "Customer 1" })).toHaveAttribute(
    "href",
    `/customers/${car.customerId}`,
  );
  expect(screen.getByText("Rusty")).toBeInTheDocument();
  expect(screen.getByText("Roof")).toBeInTheDocument();
});

test("makes a record by a form of what the operation takes", async () => {
  answerCars([]);
  const sent: unknown[] = [];
  server.use(
    anything.post("*/api/fleet/cars", async ({ request }) => {
      sent.push(request.headers.has("Idempotency-Key"), await request.json());
      return Response.json(car, { status: 201 });
    }),
  );
  const { user, router } = renderRoute("/cars/new", options);
  await user.click(await screen.findByRole("button", { name: "Create" }));
  expect(await screen.findByText("Name is required")).toBeInTheDocument();
  expect(screen.getByText("Kind is required")).toBeInTheDocument();
  const name = screen.getByRole("textbox", { name: "Name" });
  expect(name).toHaveAccessibleDescription(/What it is called/);

  await user.type(name, "Beetle");
  await user.click(screen.getByRole("combobox", { name: "Kind" }));
  await user.click(await screen.findByRole("option", { name: "Small car" }));
  await user.type(screen.getByRole("spinbutton", { name: "Seats" }), "4");
  await user.click(screen.getByRole("checkbox", { name: /Is electric/ }));
  await user.click(screen.getByRole("checkbox", { name: "Dark blue" }));
  await user.type(screen.getByRole("textbox", { name: "Extras" }), "Radio{Enter}Roof");
  await user.type(screen.getByRole("textbox", { name: "Limits" }), "nonsense");
  await user.click(screen.getByRole("button", { name: "Create" }));
  expect(await screen.findByText("This is no JSON")).toBeInTheDocument();
  await user.clear(screen.getByRole("textbox", { name: "Limits" }));
  await user.click(screen.getByRole("button", { name: "Create" }));

  await waitFor(() => expect(router.state.location.pathname).toBe(`/cars/${car.id}`));
  expect(sent).toEqual([
    true,
    {
      name: "Beetle",
      kind: "smallCar",
      seats: 4,
      isElectric: true,
      colours: ["darkBlue"],
      extras: ["Radio", "Roof"],
    },
  ]);
});

test("shows at its field what the server refuses, and keeps what was typed", async () => {
  server.use(
    anything.post("*/api/fleet/cars", () =>
      Response.json(
        someProblem("validation-failed", 400, {
          errors: [{ pointer: "#/seats", parameter: null, code: "too-many", message: "must be at most 9" }],
        }),
        { status: 400 },
      ),
    ),
  );
  const { user } = renderRoute("/cars/new?name=Bus", options);
  await user.click(await screen.findByRole("combobox", { name: "Kind" }));
  await user.click(await screen.findByRole("option", { name: "Van" }));
  const seats = screen.getByRole("spinbutton", { name: "Seats" });
  await user.type(seats, "90");
  await user.click(screen.getByRole("button", { name: "Create" }));
  await waitFor(() => expect(seats).toHaveAccessibleDescription(/must be at most 9/));
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue("Bus");
});

test("sends only what was changed, for the version that was seen, and asks when somebody was faster", async () => {
  let current = car;
  const sent: unknown[] = [];
  server.use(
    anything.get(`*/api/fleet/cars/${car.id}`, () => Response.json(current)),
    anything.patch(`*/api/fleet/cars/${car.id}`, async ({ request }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return request.headers.get("If-Match") === `"${current.version}"`
        ? Response.json({ ...current, remarks: null, version: 5 })
        : Response.json(someProblem("stale", 412), { status: 412 });
    }),
  );
  const { user, router } = renderRoute(`/cars/${car.id}/edit`, options);
  const remarks = await screen.findByRole("textbox", { name: "Remarks" });
  expect(remarks).toHaveValue("Rusty");
  current = { ...car, seats: 2, version: 4 };
  await user.clear(remarks);
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.click(await screen.findByRole("button", { name: "Save mine all the same" }));
  await waitFor(() => expect(router.state.location.pathname).toBe(`/cars/${car.id}`));
  expect(sent).toEqual(['"3"', { remarks: null }, '"4"', { remarks: null }]);
});

test("who may not change a record sees why", async () => {
  answerCars([car]);
  const { user, router } = renderRoute(`/cars/${car.id}`, { meta, permissions: ["fleet.car:read"] });
  expect(await screen.findByRole("button", { name: "Edit" })).toHaveAttribute("aria-disabled", "true");
  await user.click(within(screen.getByRole("main")).getByRole("link", { name: "Cars" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/cars"));
  await screen.findByRole("link", { name: "Beetle" });
  expect(screen.queryByRole("link", { name: "New" })).not.toBeInTheDocument();
});

test("stands on the page of a customer, with the customer's records", async () => {
  const asked = answerCars([car]);
  renderRoute(`/customers/${car.customerId}`, options);
  const panel = await screen.findByRole("table", { name: "Cars of the customer" });
  expect(within(panel).getByText("Beetle")).toBeInTheDocument();
  expect(asked[0]?.get("customerId")).toBe(car.customerId);
});

test("says why nothing can be drawn where the server does not describe its operations", async () => {
  server.use(anything.get("*/api/openapi.json", () => new Response(null, { status: 404 })));
  renderRoute("/cars", options);
  expect(await screen.findByText("This screen cannot be drawn")).toBeInTheDocument();
});

test("an address that is nobody's is not found", async () => {
  renderRoute("/carsharing", options);
  expect(await screen.findByRole("heading", { level: 1, name: "Page not found" })).toBeInTheDocument();
});

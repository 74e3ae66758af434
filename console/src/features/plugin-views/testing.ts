import type { ApiDocument, Schema } from "@/api/document";
import type { Meta } from "@/testing/handlers";

/** A plugin that nobody built this program with: what it calls itself, and what its operations take and give. */
export const meta: Partial<Meta> = {
  plugins: [{ id: "fleet", version: "1.0.0", about: "Cars" }],
  navigation: [{ plugin: "fleet", label: "Cars", path: "/cars" }],
  views: [
    {
      plugin: "fleet",
      place: "/cars",
      title: "Cars",
      list: "fleetListCars",
      get: "fleetGetCar",
      create: "fleetMakeCar",
      update: "fleetChangeCar",
      fields: ["name", "kind", "seats", "isElectric", "boughtOn"],
    },
    {
      plugin: "fleet",
      place: "customer.panel",
      title: "Cars of the customer",
      list: "fleetListCars",
      get: null,
      create: null,
      update: null,
      fields: ["name", "seats"],
    },
  ],
};

const id: Schema = { type: "string", format: "uuid" };
const kind: Schema = { $ref: "#/components/schemas/FleetKind" };

const members: Record<string, Schema> = {
  name: { type: "string", maxLength: 200, description: "What it is called." },
  kind,
  seats: { type: "integer", minimum: 1, maximum: 9 },
  isElectric: { type: "boolean", description: "Whether it is charged." },
  boughtOn: { type: "string", format: "date", nullable: true },
  customerId: { ...id, nullable: true, description: "Whose it is." },
  ownerId: { ...id, nullable: true },
  remarks: { type: "string", maxLength: 2000, nullable: true },
  colours: { type: "array", items: { type: "string", enum: ["red", "darkBlue"] } },
  extras: { type: "array", items: { type: "string" } },
  serviceAt: { type: "string", format: "date-time", nullable: true },
  limits: { type: "object", nullable: true },
};

const refers = (name: string) => ({
  content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
});
const changing = [{ in: "header", name: "Idempotency-Key", schema: { type: "string" } }];
const one = { in: "path", name: "id", schema: id };

export const document: ApiDocument = {
  "x-events": {},
  paths: {
    "/api/fleet/cars": {
      get: {
        operationId: "fleetListCars",
        "x-permissions": ["fleet.car:read"],
        parameters: [
          { in: "query", name: "search", schema: { type: "string" } },
          { in: "query", name: "kind", schema: kind },
          { in: "query", name: "customerId", schema: id },
          {
            in: "query",
            name: "sort",
            schema: { type: "string", enum: ["name", "-name", "seats", "-seats"] },
          },
          { in: "query", name: "page", schema: { type: "integer" } },
          { in: "query", name: "limit", schema: { type: "integer" } },
        ],
        responses: { "200": refers("FleetCarList") },
      },
      post: {
        operationId: "fleetMakeCar",
        "x-permissions": ["fleet.car:create"],
        parameters: changing,
        requestBody: refers("FleetNewCar"),
        responses: { "201": refers("FleetCar") },
      },
    },
    "/api/fleet/cars/{id}": {
      get: {
        operationId: "fleetGetCar",
        "x-permissions": ["fleet.car:read"],
        parameters: [one],
        responses: { "200": refers("FleetCar") },
      },
      patch: {
        operationId: "fleetChangeCar",
        "x-permissions": ["fleet.car:update"],
        parameters: [one, ...changing, { in: "header", name: "If-Match", schema: { type: "string" } }],
        requestBody: refers("FleetChangeCar"),
        responses: { "200": refers("FleetCar") },
      },
    },
  },
  components: {
    schemas: {
      FleetKind: { type: "string", enum: ["van", "smallCar"] },
      FleetCar: {
        type: "object",
        properties: { id, ...members, version: { type: "integer" } },
        required: ["id", "name", "kind"],
      },
      FleetNewCar: { type: "object", properties: members, required: ["name", "kind"] },
      FleetChangeCar: { type: "object", properties: members },
      FleetCarList: {
        type: "object",
        properties: {
          cars: { type: "array", items: { $ref: "#/components/schemas/FleetCar" } },
          totalCars: { type: "integer" },
          totalIsCapped: { type: "boolean" },
          totalPages: { type: "integer" },
        },
      },
    },
  },
};

export const car = {
  id: "00000000-0000-7000-8000-00000000c001",
  name: "Beetle",
  kind: "smallCar",
  seats: 4,
  isElectric: false,
  boughtOn: "2026-01-31",
  customerId: "00000000-0000-7000-8000-100000000001",
  ownerId: null,
  remarks: "Rusty",
  colours: ["red"],
  extras: ["Radio", "Roof"],
  serviceAt: null,
  limits: { speed: 120 },
  version: 3,
};

import { setupServer } from "msw/node";
import { createOpenApiHttp } from "openapi-msw";
import type { paths } from "@/api/schema";

/** Answers as the API document says; another answer does not type-check. */
export const http = createOpenApiHttp<paths>({ baseUrl: "http://localhost:3000" });

// A workspace has no custom fields, unless a test says so.
export const server = setupServer(
  http.get("/api/custom-fields", ({ response }) => response(200).json({ customFields: [] })),
);

import type { components } from "@/api/schema";
import { someone } from "./data";
import { someStream } from "./event-source";
import { http } from "./server";

export type Meta = components["schemas"]["Meta"];

/** What the layout asks before any screen is drawn. */
export function layoutAnswers(permissions?: string[], meta: Partial<Meta> = {}) {
  return [
    http.get("/api/auth/me", ({ response }) => response(200).json(someone(permissions))),
    http.get("/api/meta", ({ response }) =>
      response(200).json({ version: "1.0.0", plugins: [], navigation: [], views: [], ...meta }),
    ),
    // Nothing happens, unless a test says so.
    http.get("/api/events/stream", ({ response }) => response.untyped(new Response(someStream().body))),
    http.get("/api/views", ({ response }) => response(200).json({ views: [] })),
  ];
}

import { expect, test } from "vitest";
import { useAuth } from "@/stores/auth";
import { leadPage, someProblem, someUser } from "@/testing/data";
import { http, server } from "@/testing/server";
import { client, once } from "./client";
import { ApiError, unwrap } from "./errors";

const signedIn = (token: string) => ({ user: someUser, token });

/** Leads for who sends `token-2`. */
function expireFirstToken() {
  const seen: (string | null)[] = [];
  server.use(
    http.get("/api/leads", ({ request, response }) => {
      const authorization = request.headers.get("Authorization");
      seen.push(authorization);
      if (authorization === "Bearer token-2") return response(200).json(leadPage([]));
      return response(401).json(someProblem("token-expired", 401));
    }),
  );
  useAuth.getState().setAuth(signedIn("token-1"));
  return seen;
}

const listLeads = () => unwrap(client.GET("/api/leads"));

test("renews the token once for all requests that it has run out on, and sends them again", async () => {
  const seen = expireFirstToken();
  let renewals = 0;
  server.use(
    http.post("/api/auth/refresh", ({ response }) => {
      renewals += 1;
      return response(200).json(signedIn("token-2"));
    }),
  );
  await Promise.all([listLeads(), listLeads(), listLeads()]);
  expect(renewals).toBe(1);
  expect(seen.filter((authorization) => authorization === "Bearer token-2")).toHaveLength(3);
});

const rename = { resource: "lead", from: ["VIP"], to: "vip" } as const;

test("waits for somebody to sign in again when the session is over, and loses no work", async () => {
  const bodies: unknown[] = [];
  useAuth.getState().setAuth(signedIn("token-1"));
  server.use(
    http.post("/api/auth/refresh", ({ response }) =>
      response("default").json(someProblem("invalid-refresh-token", 401), { status: 401 }),
    ),
    http.post("/api/tags/rename", async ({ request, response }) => {
      if (request.headers.get("Authorization") !== "Bearer token-3") {
        return response(401).json(someProblem("token-expired", 401));
      }
      bodies.push(await request.json());
      return response(200).json({ records: 1, refused: 0, isComplete: true });
    }),
  );
  const renamed = unwrap(
    client.POST("/api/tags/rename", {
      params: { header: once() },
      body: { ...rename, from: [...rename.from] },
    }),
  );
  await expect.poll(() => useAuth.getState().expired).toBe(true);
  useAuth.getState().setAuth(signedIn("token-3"));
  await renamed;
  expect(bodies).toEqual([rename]);
});

test("keeps the session when the server merely fails to renew it", async () => {
  expireFirstToken();
  server.use(
    http.post("/api/auth/refresh", ({ response }) =>
      response("default").json(someProblem("busy", 503), { status: 503 }),
    ),
  );
  await expect(listLeads()).rejects.toThrow("could not be renewed");
  expect(useAuth.getState()).toMatchObject({ expired: false, token: "token-1" });
});

test("sends a change whose answer was lost once more, with the same key", async () => {
  const keys: (string | null)[] = [];
  useAuth.getState().setAuth(signedIn("token-1"));
  server.use(
    http.delete("/api/leads/{id}", ({ request, response }) => {
      keys.push(request.headers.get("Idempotency-Key"));
      return keys.length === 1 ? response.untyped(Response.error()) : response(200).json({ message: "Done" });
    }),
  );
  await unwrap(client.DELETE("/api/leads/{id}", { params: { path: { id: someUser.id }, header: once() } }));
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("tells why something was refused", async () => {
  useAuth.getState().setAuth(signedIn("token-1"));
  const fields = [{ pointer: "#/name", parameter: null, code: "too-short", message: "must not be empty" }];
  server.use(
    http.get("/api/leads", ({ response }) =>
      response(400).json(someProblem("validation-failed", 400, { errors: fields })),
    ),
  );
  const error = await listLeads().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 400, code: "validation-failed", fields });
});

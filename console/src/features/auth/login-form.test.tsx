import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { leadPage, someProblem, someUser } from "@/testing/data";
import { layoutAnswers } from "@/testing/handlers";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const signedIn = { user: someUser, token: "token-1" };

async function openLogin(path = "/login") {
  const opened = renderRoute(path, { signedIn: false });
  await screen.findByRole("heading", { name: "Sign in" });
  return opened;
}

async function fill(password = "secret") {
  const user = userEvent.setup();
  await user.type(screen.getByLabelText("Email"), " ada@example.org ");
  await user.type(screen.getByLabelText("Password"), password);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  return user;
}

test("says which fields are missing, and goes to the first of them", async () => {
  const { user } = await openLogin();
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(screen.getByLabelText("Email")).toHaveAccessibleDescription("Email is required");
  expect(screen.getByLabelText("Password")).toHaveAccessibleDescription("Password is required");
  expect(screen.getByLabelText("Email")).toHaveFocus();
});

test("says that address or password are wrong", async () => {
  server.use(
    http.post("/api/auth/login", ({ response }) =>
      response("default").json(someProblem("invalid-credentials", 401), { status: 401 }),
    ),
  );
  await openLogin();
  await fill("wrong");
  expect(await screen.findByRole("alert")).toHaveTextContent("Invalid email or password");
});

test("says how long to wait after too many attempts", async () => {
  server.use(
    http.post("/api/auth/login", ({ response }) =>
      response("default").json(someProblem("too-many-attempts", 429, { retry_after: 30 }), { status: 429 }),
    ),
  );
  await openLogin();
  await fill();
  expect(await screen.findByRole("alert")).toHaveTextContent("Too many attempts. Try again in 30 seconds.");
});

test("asks for a code from who has a second factor, and goes where one was going", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/auth/login", async ({ request, response }) => {
      const body = await request.json();
      sent.push(body);
      if (body.code === "123456") return response(200).json(signedIn);
      const code = body.code ? "invalid-credentials" : "second-factor-required";
      return response("default").json(someProblem(code, 401), { status: 401 });
    }),
    http.get("/api/leads", ({ response }) => response(200).json(leadPage([]))),
    ...layoutAnswers(),
  );
  const { router } = await openLogin("/login?next=%2Fleads%3Fstatus%3DNew");
  const user = await fill();

  await user.type(await screen.findByLabelText("Code"), "000000");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Invalid email, password or code");

  await user.clear(screen.getByLabelText("Code"));
  await user.type(screen.getByLabelText("Code"), "123456");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await expect
    .poll(() => router.state.location.pathname + router.state.location.search)
    .toBe("/leads?status=New");
  expect(sent[0]).toEqual({ emailId: "ada@example.org", password: "secret" });
});

test.each(["//evil.example", "/\\evil.example", "https://evil.example"])(
  "never leaves for %s",
  async (next) => {
    server.use(
      http.post("/api/auth/login", ({ response }) => response(200).json(signedIn)),
      http.get("/api/leads", ({ response }) => response(200).json(leadPage([]))),
      ...layoutAnswers(),
    );
    const { router } = await openLogin(`/login?${new URLSearchParams({ next })}`);
    await fill();
    await expect.poll(() => router.state.location.pathname).toBe("/leads");
  },
);

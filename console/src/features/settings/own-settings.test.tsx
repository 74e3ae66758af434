import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { usePreferences } from "@/stores/preferences";
import { someone, someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const at = someUser.createdAt;

const wrong = (pointer: string, message: string) =>
  someProblem("validation-failed", 400, {
    errors: [{ pointer, parameter: null, code: "wrong", message }],
  });

test("lists the settings that one may see, and begins with the profile", async () => {
  const { router } = renderRoute("/settings", { permissions: ["tag:manage"] });
  expect(await screen.findByRole("heading", { level: 1, name: "Profile" })).toBeInTheDocument();
  expect(router.state.location.pathname).toBe("/settings/profile");
  const list = screen.getByRole("navigation", { name: "Settings" });
  expect(within(list).getByRole("link", { name: "Tags" })).toBeInTheDocument();
  expect(within(list).queryByRole("link", { name: "Custom fields" })).not.toBeInTheDocument();
  expect(within(list).getByRole("link", { name: "API docs" })).toHaveAttribute("href", "/api/docs/");
});

test("says that one may not see settings, or that there are none", async () => {
  const { router } = renderRoute("/settings/jobs", { permissions: [] });
  expect(await screen.findByText("You may not see these settings")).toBeInTheDocument();
  await router.navigate("/settings/nonsense");
  expect(await screen.findByText("There are no such settings")).toBeInTheDocument();
});

test("saves one's name, and shows it at once", async () => {
  server.use(
    http.patch("/api/auth/me", async ({ request, response }) => {
      const { name } = await request.json();
      return response(200).json({ ...someone([]), name });
    }),
  );
  const { user } = renderRoute("/settings/profile", { permissions: [] });
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(name);
  await user.type(name, "Ada Lovelace");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("button", { name: "Account of Ada Lovelace" })).toBeInTheDocument();
});

test("changes the password, and says at which field it is wrong", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/auth/change-password", async ({ request, response }) => {
      const body = await request.json();
      sent.push(body);
      return body.currentPassword === "right"
        ? response(200).json({ message: "Changed" })
        : response(400).json(wrong("#/currentPassword", "is not the present password"));
    }),
  );
  const { user } = renderRoute("/settings/profile", { permissions: [] });
  const present = await screen.findByLabelText(/Present password/);
  await user.type(present, "wrong");
  await user.type(screen.getByLabelText(/New password/), "violet-tandem-otter-78");
  await user.click(screen.getByRole("button", { name: "Change the password" }));
  await waitFor(() => expect(present).toHaveAccessibleDescription("is not the present password"));
  await user.clear(present);
  await user.type(present, "right");
  await user.click(screen.getByRole("checkbox", { name: "Revoke my API keys too" }));
  await user.click(screen.getByRole("button", { name: "Change the password" }));
  await waitFor(() => expect(present).toHaveValue(""));
  expect(sent.at(-1)).toEqual({
    currentPassword: "right",
    newPassword: "violet-tandem-otter-78",
    revokeApiKeys: true,
  });
});

test("keeps theme, rows and shortcuts in the browser", async () => {
  const { user } = renderRoute("/settings/appearance", { permissions: [] });
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  expect(document.documentElement.dataset.theme).toBe("dark");
  await user.click(screen.getByRole("radio", { name: "Compact" }));
  await user.click(screen.getByRole("switch", { name: "Shortcuts without Ctrl or ⌘" }));
  expect(usePreferences.getState()).toMatchObject({
    theme: "dark",
    density: "compact",
    singleKeyShortcuts: false,
  });
  usePreferences.setState(usePreferences.getInitialState());
});

test("speaks another language and shows times of another zone at once", async () => {
  const { user } = renderRoute("/settings/language", { permissions: [] });
  await user.click(await screen.findByRole("combobox", { name: "Time zone" }));
  await user.keyboard("Tokyo");
  await user.click(await screen.findByRole("option", { name: "Asia/Tokyo" }));
  expect(usePreferences.getState().timeZone).toBe("Asia/Tokyo");
  await user.click(screen.getByRole("combobox", { name: "Language" }));
  await user.click(await screen.findByRole("option", { name: "Deutsch" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Sprache und Zeit" })).toBeInTheDocument();
  await user.click(screen.getByRole("combobox", { name: "Sprache" }));
  await user.click(await screen.findByRole("option", { name: "English" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Language and time" })).toBeInTheDocument();
  usePreferences.setState(usePreferences.getInitialState());
});

test("lists where one is signed in, ends one session, and all", async () => {
  const ended: string[] = [];
  const session = { address: null, userAgent: null, createdAt: at, refreshedAt: at, expiresAt: at };
  const other = "00000000-0000-7000-8000-700000000002";
  server.use(
    http.get("/api/auth/sessions", ({ response }) =>
      response(200).json({
        sessions: [
          { ...session, id: "00000000-0000-7000-8000-700000000001", isCurrent: true },
          { ...session, id: other, isCurrent: false },
        ],
      }),
    ),
    http.delete("/api/auth/sessions/{id}", ({ params, response }) => {
      ended.push(params.id);
      return response(200).json({ message: "Ended" });
    }),
    http.post("/api/auth/logout-all", ({ response }) => {
      ended.push("all");
      return response(200).json({ message: "Ended" });
    }),
  );
  const { user, router } = renderRoute("/settings/sessions", { permissions: [] });
  expect(await screen.findByText("This one")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "End" }));
  await waitFor(() => expect(ended).toEqual([other]));
  await user.click(screen.getByRole("button", { name: "Sign out everywhere…" }));
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/login"));
  expect(ended).toEqual([other, "all"]);
});

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const key = {
  id: "00000000-0000-7000-8000-800000000001",
  name: "Website",
  owner: someUser.id,
  scopes: ["lead:create"],
  createdAt: someUser.createdAt,
  expiresAt: "2026-06-01T00:00:00.000Z",
  lastUsedAt: null,
};

function answerKeys() {
  let keys: (typeof key)[] = [];
  const sent: Record<string, unknown>[] = [];
  server.use(
    http.get("/api/authz/permissions", ({ response }) =>
      response(200).json({
        permissions: [
          { permission: "lead:create", description: "make new ones" },
          { permission: "lead:delete", description: "archive them" },
        ],
      }),
    ),
    http.get("/api/api-keys", ({ response }) => response(200).json({ apiKeys: keys })),
    http.post("/api/api-keys", async ({ request, response }) => {
      const body = await request.json();
      sent.push(body);
      if (body.password !== "right") {
        return response(400).json(
          someProblem("validation-failed", 400, {
            errors: [
              {
                pointer: "#/password",
                parameter: null,
                code: "wrong",
                message: "is not the present password",
              },
            ],
          }),
        );
      }
      keys = [key];
      return response(201).json({ apiKey: key, token: "crm_ak_secret" });
    }),
    http.delete("/api/api-keys/{id}", ({ response }) => {
      keys = [];
      return response(200).json({ message: "Revoked" });
    }),
  );
  return sent;
}

test("makes a key of what one may do oneself, shows it once, and revokes it", async () => {
  const sent = answerKeys();
  const { user } = renderRoute("/settings/api-keys", { permissions: ["lead:create"] });
  await user.click(await screen.findByRole("button", { name: "New key" }));
  const dialog = await screen.findByRole("dialog", { name: "New API key" });
  await user.type(within(dialog).getByRole("textbox", { name: /Name/ }), "Website");
  await user.type(within(dialog).getByLabelText(/Your password/), "wrong");
  await user.click(within(dialog).getByRole("button", { name: "Make the key" }));
  expect(await within(dialog).findByText("Choose at least one permission")).toBeInTheDocument();
  expect(within(dialog).queryByRole("checkbox", { name: "archive them" })).not.toBeInTheDocument();
  await user.click(within(dialog).getByRole("checkbox", { name: "make new ones" }));
  await user.click(within(dialog).getByRole("button", { name: "Make the key" }));
  const password = within(dialog).getByLabelText(/Your password/);
  await waitFor(() => expect(password).toHaveAccessibleDescription("is not the present password"));
  await user.clear(password);
  await user.type(password, "right");
  await user.click(within(dialog).getByRole("button", { name: "Make the key" }));

  const made = await screen.findByRole("dialog", { name: "The key Website is made" });
  expect(within(made).getByLabelText("Key")).toHaveValue("crm_ak_secret");
  expect(sent.at(-1)).toMatchObject({ name: "Website", scopes: ["lead:create"] });
  await user.click(within(made).getByRole("button", { name: "Done" }));

  await user.click(await screen.findByRole("button", { name: "Revoke Website" }));
  await user.click(await screen.findByRole("button", { name: "Revoke" }));
  expect(await screen.findByText(/^No keys yet/)).toBeInTheDocument();
});

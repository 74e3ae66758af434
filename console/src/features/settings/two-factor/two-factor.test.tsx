import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const codes = ["ABCD-EFGH", "IJKL-MNOP"];

function answerState(isEnabled: boolean, isDemanded = false) {
  server.use(
    http.get("/api/auth/two-factor", ({ response }) =>
      response(200).json({
        isEnabled,
        isDemanded,
        confirmedAt: isEnabled ? someUser.createdAt : null,
        recoveryCodesLeft: isEnabled ? 7 : 0,
      }),
    ),
  );
}

const wrongCode = someProblem("validation-failed", 400, {
  errors: [{ pointer: "#/code", parameter: null, code: "wrong-code", message: "is not the present code" }],
});

test("sets a second factor up, and shows the recovery codes once", async () => {
  answerState(false);
  server.use(
    http.post("/api/auth/two-factor", ({ response }) =>
      response(200).json({
        secret: "JBSWY3DPEHPK3PXP",
        uri: "otpauth://totp/CRM:ada?secret=JBSWY3DPEHPK3PXP",
      }),
    ),
    http.post("/api/auth/two-factor/confirm", async ({ request, response }) => {
      const { code } = await request.json();
      if (code !== "123456") return response(400).json(wrongCode);
      answerState(true);
      return response(200).json({ recoveryCodes: codes });
    }),
  );
  const { user } = renderRoute("/settings/two-factor", { permissions: [] });
  await user.type(await screen.findByLabelText(/Password/), "violet-tandem-otter-77");
  await user.click(screen.getByRole("button", { name: "Set up" }));
  expect(await screen.findByLabelText("Key")).toHaveValue("JBSW Y3DP EHPK 3PXP");
  expect(screen.getByRole("link", { name: "Open in an app" })).toHaveAttribute(
    "href",
    "otpauth://totp/CRM:ada?secret=JBSWY3DPEHPK3PXP",
  );
  const code = screen.getByRole("textbox", { name: /Code/ });
  await user.type(code, "000000");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  await waitFor(() =>
    expect(code).toHaveAccessibleDescription("Six digits that the app shows now. is not the present code"),
  );
  await user.clear(code);
  await user.type(code, "123 456");
  await user.click(screen.getByRole("button", { name: "Confirm" }));

  const list = await screen.findByRole("list", { name: "Recovery codes" });
  expect(
    within(list)
      .getAllByRole("listitem")
      .map((item) => item.textContent),
  ).toEqual(codes);
  await user.click(screen.getByRole("button", { name: "I have kept them" }));
  expect(screen.queryByRole("list", { name: "Recovery codes" })).not.toBeInTheDocument();
  expect(await screen.findByText("7 recovery codes are left.")).toBeInTheDocument();
});

test("renews the recovery codes by a code", async () => {
  answerState(true);
  server.use(
    http.post("/api/auth/two-factor/recovery-codes", ({ response }) =>
      response(200).json({ recoveryCodes: codes }),
    ),
  );
  const { user } = renderRoute("/settings/two-factor", { permissions: [] });
  await user.click(await screen.findByRole("button", { name: "Renew the recovery codes…" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Renew" }));
  expect(await within(dialog).findByText("The code is required")).toBeInTheDocument();
  await user.type(within(dialog).getByRole("textbox", { name: /Code/ }), "123456");
  await user.click(within(dialog).getByRole("button", { name: "Renew" }));
  expect(await screen.findByRole("list", { name: "Recovery codes" })).toHaveTextContent("ABCD-EFGH");
});

test("removes it by password and code", async () => {
  answerState(true);
  const sent: unknown[] = [];
  server.use(
    http.post("/api/auth/two-factor/remove", async ({ request, response }) => {
      sent.push(await request.json());
      answerState(false);
      return response(200).json({ message: "Removed" });
    }),
  );
  const { user } = renderRoute("/settings/two-factor", { permissions: [] });
  await user.click(await screen.findByRole("button", { name: "Remove…" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove the second factor?" });
  await user.type(within(dialog).getByLabelText(/Password/), "violet");
  await user.type(within(dialog).getByRole("textbox", { name: /Code/ }), "123456");
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  expect(await screen.findByText("You have no second factor yet.")).toBeInTheDocument();
  expect(sent).toEqual([{ password: "violet", code: "123456" }]);
});

test("cannot be removed while a role demands it", async () => {
  answerState(true, true);
  renderRoute("/settings/two-factor", { permissions: [] });
  expect(await screen.findByRole("button", { name: "Remove…" })).toHaveAttribute("aria-disabled", "true");
});

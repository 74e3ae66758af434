import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const preferences = [
  { kind: "assigned", inApp: true, email: false },
  { kind: "mentioned", inApp: true, email: true },
] as const;

function answerPreferences(sendsEmail = true) {
  server.use(
    http.get("/api/notifications/preferences", ({ response }) =>
      response(200).json({ preferences: [...preferences], sendsEmail }),
    ),
  );
}

test("changes one way of one kind, at once", async () => {
  answerPreferences();
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/notifications/preferences", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({
        preferences: [{ ...preferences[0], email: true }, preferences[1]],
        sendsEmail: true,
      });
    }),
  );
  const { user } = renderRoute("/notifications/preferences");
  const box = await screen.findByRole("checkbox", { name: "Assigned to you: by email" });
  expect(box).not.toBeChecked();
  await user.click(box);
  expect(box).toBeChecked();
  await waitFor(() => expect(sent).toEqual([{ preferences: [{ kind: "assigned", email: true }] }]));
});

test("takes back what the server refuses", async () => {
  answerPreferences();
  server.use(
    http.patch("/api/notifications/preferences", ({ response }) =>
      response("default").json(someProblem("busy", 503), { status: 503 }),
    ),
  );
  const { user } = renderRoute("/notifications/preferences");
  const box = await screen.findByRole("checkbox", { name: "Mentioned you in a note: in the console" });
  await user.click(box);
  await waitFor(() => expect(box).toBeChecked());
  expect(await screen.findAllByText("The server is busy. Try again in a moment.")).not.toHaveLength(0);
});

test("says that a server sends no email", async () => {
  answerPreferences(false);
  renderRoute("/notifications/preferences");
  expect(await screen.findByText(/This server sends no email/)).toBeInTheDocument();
  expect(screen.getByRole("checkbox", { name: "Assigned to you: by email" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
});

import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { leadPage, someProblem } from "@/testing/data";
import { someStream } from "@/testing/event-source";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import type { Notice } from "../queries";
import { meta, someNotice } from "../testing";

const permissions = ["lead:read", "activity:read"];

/** Opens the leads; of the notices there are some, and more come. */
function open(...notices: Notice[]) {
  const rendered = renderRoute("/leads", { permissions, meta });
  const stream = someStream();
  server.use(
    http.get("/api/leads", ({ response }) => response(200).json(leadPage([]))),
    http.get("/api/notifications", ({ response }) => response(200).json({ notices, nextCursor: null })),
    http.get("/api/notifications/unread", ({ response }) =>
      response(200).json({ unread: notices.filter(({ readAt }) => !readAt).length, isCapped: false }),
    ),
    http.get("/api/notifications/stream", ({ response }) => response.untyped(new Response(stream.body))),
  );
  const tell = (notice: Notice) =>
    stream.say(`id: ${notice.number}\nevent: notice\ndata: ${JSON.stringify(notice)}\n\n`);
  return { ...rendered, tell };
}

test("counts what is unread, and counts on as notices come", async () => {
  const { tell } = open(someNotice(1));
  expect(await screen.findByRole("button", { name: "Notifications, 1 unread" })).toBeInTheDocument();
  tell(someNotice(2));
  expect(await screen.findByRole("button", { name: "Notifications, 2 unread" })).toBeInTheDocument();
});

test("shows the latest on top, and puts those that come above them", async () => {
  const { user, tell } = open(someNotice(1, { kind: "mentioned", resourceName: "Ada" }));
  await user.click(await screen.findByRole("button", { name: "Notifications, 1 unread" }));
  const popover = await screen.findByRole("dialog", { name: "Notifications" });
  expect(await within(popover).findByText(/Mentioned you in a note/)).toHaveTextContent("Grace Hopper");
  tell(someNotice(2, { resourceName: "Ben" }));
  // Told twice, it is there once.
  tell(someNotice(2, { resourceName: "Ben" }));
  expect(await within(popover).findByRole("link", { name: "Ben" })).toBeInTheDocument();
  expect(
    within(popover)
      .getAllByRole("listitem")
      .map((item) => item.textContent?.slice(0, 3)),
  ).toEqual(["Ben", "Ada"]);
});

test("going to a record reads its notice", async () => {
  const read: string[] = [];
  const { user, router } = open(someNotice(7));
  server.use(
    http.post("/api/notifications/{number}/read", ({ params, response }) => {
      read.push(params.number);
      return response(200).json({ message: "Done" });
    }),
    http.get("/api/leads/{id}", () => new Promise(() => {})),
  );
  await user.click(await screen.findByRole("button", { name: "Notifications, 1 unread" }));
  await user.click(await screen.findByRole("link", { name: "Lead 7" }));
  await waitFor(() => expect(router.state.location.pathname).toBe(`/leads/${someNotice(7).resourceId}`));
  await waitFor(() => expect(read).toEqual(["7"]));
  expect(await screen.findByRole("button", { name: "Notifications" })).toBeInTheDocument();
  expect(screen.queryByRole("dialog", { name: "Notifications" })).not.toBeInTheDocument();
});

test("reads all up to the newest that was seen", async () => {
  const sent: unknown[] = [];
  let unread = 2;
  const { user } = open(someNotice(9), someNotice(8));
  server.use(
    http.post("/api/notifications/read-all", async ({ request, response }) => {
      sent.push(await request.json());
      unread = 0;
      return response(200).json({ message: "Done" });
    }),
    http.get("/api/notifications/unread", ({ response }) => response(200).json({ unread, isCapped: false })),
  );
  await user.click(await screen.findByRole("button", { name: "Notifications, 2 unread" }));
  await user.click(await screen.findByRole("button", { name: "Mark all as read" }));
  expect(await screen.findByRole("button", { name: "Notifications" })).toBeInTheDocument();
  expect(sent).toEqual([{ upTo: 9 }]);
  expect(screen.queryByRole("button", { name: /^Mark as read/ })).not.toBeInTheDocument();
});

test("what could not be noted as read is unread again", async () => {
  const { user } = open(someNotice(1));
  server.use(
    http.post("/api/notifications/{number}/read", ({ response }) =>
      response("default").json(someProblem("busy", 503), { status: 503 }),
    ),
  );
  await user.click(await screen.findByRole("button", { name: "Notifications, 1 unread" }));
  await user.click(await screen.findByRole("button", { name: "Mark as read: Lead 1" }));
  expect(await screen.findAllByText(/The server is busy/)).not.toHaveLength(0);
  expect(await screen.findByRole("button", { name: "Notifications, 1 unread" })).toBeInTheDocument();
});

test("a server without the plugin has no bell", async () => {
  renderRoute("/leads", { permissions });
  server.use(http.get("/api/leads", ({ response }) => response(200).json(leadPage([]))));
  await screen.findByText("No leads yet");
  expect(screen.queryByRole("button", { name: /^Notifications/ })).not.toBeInTheDocument();
});

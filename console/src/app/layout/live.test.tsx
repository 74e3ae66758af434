import { act, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useAuth } from "@/stores/auth";
import { leadPage, someLead, someProblem, someUser } from "@/testing/data";
import { someStream } from "@/testing/event-source";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const permissions = ["lead:read", "activity:read"];

/** Answers those who listen, and notes behind what they do. */
function answerStream() {
  const asked: (string | null)[] = [];
  const streams: ReturnType<typeof someStream>[] = [];
  server.use(
    http.get("/api/events/stream", ({ request, response }) => {
      asked.push(request.headers.get("Last-Event-ID"));
      const stream = someStream();
      streams.push(stream);
      return response.untyped(new Response(stream.body));
    }),
  );
  const tell = (id: string) => {
    const event = { resource: "lead", resourceId: someLead(1).id, requestId: null };
    streams.at(-1)?.say(`id: ${id}\nevent: event\ndata: ${JSON.stringify(event)}\n\n`);
  };
  return { asked, tell };
}

function answerLeads(...names: string[]) {
  server.use(
    http.get("/api/leads", ({ response }) =>
      response(200).json(leadPage(names.map((name, index) => someLead(index, { name })))),
    ),
  );
}

function hide(hidden: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  act(() => {
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

test("a lead that somebody else makes appears in the list", async () => {
  renderRoute("/leads", { permissions });
  const { asked, tell } = answerStream();
  answerLeads("Ada");
  await screen.findByRole("link", { name: "Ada" });
  await waitFor(() => expect(asked).toEqual([null]));
  answerLeads("Ben", "Ada");
  tell("1");
  expect(await screen.findByRole("link", { name: "Ben" })).toBeInTheDocument();
});

test("listens while the page is seen, and goes on where it stopped", async () => {
  renderRoute("/leads", { permissions });
  const { asked, tell } = answerStream();
  answerLeads("Ada");
  await screen.findByRole("link", { name: "Ada" });
  await waitFor(() => expect(asked).toEqual([null]));
  answerLeads("Ben");
  tell("7");
  await screen.findByRole("link", { name: "Ben" });
  hide(true);
  hide(false);
  await waitFor(() => expect(asked).toEqual([null, "7"]));
});

test("renews a token that has run out", async () => {
  const tokens: (string | null)[] = [];
  renderRoute("/leads", { permissions });
  answerLeads("Ada");
  server.use(
    http.post("/api/auth/refresh", ({ response }) =>
      response(200).json({ user: someUser, token: "token-2" }),
    ),
    http.get("/api/events/stream", ({ request, response }) => {
      tokens.push(request.headers.get("Authorization"));
      return tokens.length === 1
        ? response(401).json(someProblem("token-expired", 401))
        : response.untyped(new Response(someStream().body));
    }),
  );
  await waitFor(() => expect(tokens).toEqual(["Bearer token-1", "Bearer token-2"]));
  expect(useAuth.getState().token).toBe("token-2");
});

test("who may not see what happens does not listen", async () => {
  renderRoute("/leads", { permissions: ["lead:read"] });
  const { asked } = answerStream();
  answerLeads("Ada");
  await screen.findByRole("link", { name: "Ada" });
  expect(asked).toEqual([]);
});

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { createLiveQueries, refreshOld } from "@/api/live-queries";
import { useStream } from "@/api/use-stream";
import { features } from "../features";

const followers = features.flatMap((feature) => feature.followers ?? []);

/** Keeps what is on the screen as others have changed it since. */
export default function Live() {
  const queryClient = useQueryClient();
  const [live] = useState(() => createLiveQueries(queryClient, followers));
  useEffect(() => live.stop, [live]);
  useStream({
    name: "events",
    open: (lastId, signal) =>
      unwrap(
        client.GET("/api/events/stream", {
          params: { header: { ...(lastId !== null && { "Last-Event-ID": lastId }) } },
          parseAs: "stream",
          signal,
        }),
      ),
    onEvent: ({ data }) => live.note(JSON.parse(data)),
    onGap: () => refreshOld(queryClient),
  });
  return null;
}

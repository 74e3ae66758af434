import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";

type Received = { headers: IncomingHttpHeaders; body: { type: string; data: { resourceId: string } } };

/** A program outside that webhooks tell of what happens. */
export async function startReceiver() {
  const received: Received[] = [];
  const answer = { status: 204 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(answer.status).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The receiver has no port");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    answer,
    stop: () => server.close(),
  };
}

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly signature: string;
  readonly body: string;
  readonly notice: {
    readonly id: string;
    readonly type: string;
    readonly data: { readonly reference: string };
  };
}

/** A server that keeps what it is sent; `answer` says with which status the nth request (from 0) is answered. */
export async function receiveWebhooks(answer: (index: number) => number = () => 204) {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const signature = String(incoming.headers["payment-signature"]);
    received.push({ signature, body, notice: JSON.parse(body) });
    outgoing.writeHead(answer(received.length - 1)).end();
    for (const look of waiting) look();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    /** Resolves with the requests about a reference as soon as there are so many. */
    about: (reference: string, count: number) =>
      new Promise<Received[]>((resolve) => {
        const look = () => {
          const found = received.filter(({ notice }) => notice.data.reference === reference);
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/**
 * Stands between clients and the server as a pooler does: it hands out keys of its own for cancelling, and drops
 * the start-up options.
 */
export async function startPooler(serverUrl: string): Promise<{ url: string; stop(): Promise<void> }> {
  const url = new URL(serverUrl);
  const { hostname, port } = url;
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
    let isStarted = false;
    client.on("data", (chunk: Buffer) => {
      server.write(isStarted ? chunk : withoutOptions(chunk));
      isStarted = true;
    });
    let answer: Buffer | null = Buffer.alloc(0);
    server.on("data", (chunk: Buffer) => {
      if (answer === null) {
        client.write(chunk);
        return;
      }
      answer = Buffer.concat([answer, chunk]);
      const { whole, rest, hasKey } = withOwnKey(answer);
      client.write(whole);
      answer = rest;
      if (!hasKey) return;
      client.write(rest);
      answer = null;
    });
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  url.port = String((listener.address() as { port: number }).port);
  return {
    url: url.href,
    async stop() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
}

/** The start-up message: length, version, then names and values that end with a zero each. */
function withoutOptions(startup: Buffer): Buffer {
  const texts = startup.toString("utf8", 8).split("\0");
  const at = texts.indexOf("options");
  if (at >= 0) texts.splice(at, 2);
  const body = Buffer.from(texts.join("\0"));
  const head = Buffer.from(startup.subarray(0, 8));
  head.writeInt32BE(body.length + 8);
  return Buffer.concat([head, body]);
}

/** Whole messages up to the one with the key (K: length, process, secret), which gets another process. */
function withOwnKey(answer: Buffer): { whole: Buffer; rest: Buffer; hasKey: boolean } {
  let end = 0;
  while (end + 5 <= answer.length) {
    const next = end + 1 + answer.readInt32BE(end + 1);
    if (next > answer.length) break;
    const isKey = answer[end] === "K".charCodeAt(0);
    if (isKey) answer.writeInt32BE(answer.readInt32BE(end + 5) + 1_000_000, end + 5);
    end = next;
    if (isKey) return { whole: answer.subarray(0, end), rest: answer.subarray(end), hasKey: true };
  }
  return { whole: answer.subarray(0, end), rest: answer.subarray(end), hasKey: false };
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What clients sent since the last `reset`. */
export interface WireCounts {
  /** Times that a client waited for the server: sent something when nothing of its own was unanswered. */
  readonly roundTrips: number;
  /** Sync messages and simple queries: each is answered by one ReadyForQuery. */
  readonly syncs: number;
  /** Texts of the statements that were executed, in order of their arrival. */
  readonly statements: readonly string[];
}

/** Stands between clients and the server and counts protocol messages. For counting, not for timing. */
export interface WireCounter {
  readonly port: number;
  reset(): void;
  counts(): WireCounts;
  stop(): Promise<void>;
}

/** True for what frames a module's statements: transactions, savepoints and the stamp of the role. */
export function isControl(text: string): boolean {
  return /^(begin|commit|rollback|savepoint|release|set local)\b/i.test(text);
}

const SSL_REQUEST = 80877103;

export async function startWireCounter(serverPort: number): Promise<WireCounter> {
  let roundTrips = 0;
  let syncs = 0;
  let statements: string[] = [];
  const sockets = new Set<Socket>();

  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ port: serverPort, host: "127.0.0.1", noDelay: true });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.end();
      });
    }
    const prepared = new Map<string, string>();
    const portals = new Map<string, string>();
    let unanswered = 0;
    const fromClient = messageReader(true, (type, body) => {
      switch (type) {
        case "P": {
          const [name, text] = strings(body, 2);
          prepared.set(name!, text!);
          break;
        }
        case "B": {
          const [portal, name] = strings(body, 2);
          portals.set(portal!, prepared.get(name!) ?? "");
          break;
        }
        case "E":
          statements.push(portals.get(strings(body, 1)[0]!) ?? "");
          break;
        case "Q":
          statements.push(strings(body, 1)[0]!);
      }
      if (type === "S" || type === "Q") {
        if (unanswered++ === 0) roundTrips++;
        syncs++;
      }
    });
    const fromServer = messageReader(false, (type) => {
      // The first one ends the start-up, which no Sync asked for.
      if (type === "Z" && unanswered > 0) unanswered--;
    });
    client.on("data", (chunk) => {
      fromClient(chunk);
      server.write(chunk);
    });
    server.on("data", (chunk) => {
      fromServer(chunk);
      client.write(chunk);
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");

  return {
    port: (listener.address() as AddressInfo).port,
    reset() {
      roundTrips = 0;
      syncs = 0;
      statements = [];
    },
    counts: () => ({ roundTrips, syncs, statements }),
    async stop() {
      listener.close();
      for (const socket of sockets) socket.destroy();
      await once(listener, "close");
    },
  };
}

/** Splits a stream into messages. What a client says first has no type byte, and may be a request for TLS. */
function messageReader(
  isClient: boolean,
  hear: (type: string, body: Buffer) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let isUntyped = isClient;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const typeBytes = isUntyped ? 0 : 1;
      if (rest.length < typeBytes + 4) return;
      const end = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < end) return;
      if (isUntyped) isUntyped = rest.readInt32BE(4) === SSL_REQUEST;
      else hear(rest.toString("latin1", 0, 1), rest.subarray(5, end));
      rest = rest.subarray(end);
    }
  };
}

/** The first `count` zero-terminated strings of a message. */
function strings(body: Buffer, count: number): string[] {
  const found: string[] = [];
  for (let start = 0; found.length < count; ) {
    const end = body.indexOf(0, start);
    found.push(body.toString("utf8", start, end));
    start = end + 1;
  }
  return found;
}

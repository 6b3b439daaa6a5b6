import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Stands between a pool and the server, counts what the pool sends, and can misbehave. */
export interface WireProxy {
  readonly port: number;
  /** Sync messages and simple queries seen: each makes the server answer once, so each is one round trip. */
  readonly roundTrips: number;
  /** Names of the messages of each Sync group, in order: `parse`, `bind`, `execute`, ... */
  readonly groups: readonly string[][];
  /** Forwards the next group that prepares `text`, then cuts the client off. Resolves with the server's answer. */
  cutClientAfter(text: string): Promise<void>;
  /** Refuses sessions whose start-up message mentions `setting`, as an older server would. */
  refuseSetting(setting: string): void;
  stop(): Promise<void>;
}

const MESSAGE_NAMES: Record<string, string> = {
  P: "parse",
  B: "bind",
  D: "describe",
  E: "execute",
  C: "close",
  S: "sync",
  Q: "query",
};

export async function startWireProxy(serverPort: number): Promise<WireProxy> {
  const sockets = new Set<Socket>();
  const groups: string[][] = [];
  let roundTrips = 0;
  let group: string[] = [];
  let refusedSetting: string | undefined;
  let cut: { text: string; answered: () => void } | undefined;

  const listener = createServer((client) => {
    const server = connect(serverPort, "127.0.0.1");
    const reader = new MessageReader();
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("close", () => cut === undefined && server.destroy());
    server.on("close", () => client.destroy());
    server.on("data", (chunk) => client.writable && client.write(chunk));
    client.on("data", (chunk) => {
      const messages = reader.read(chunk);
      const isRefused = messages.some(
        ({ type, body }) => type === "" && refusedSetting !== undefined && body.includes(refusedSetting),
      );
      if (isRefused) {
        client.end(
          errorResponse("FATAL", "42704", `unrecognized configuration parameter "${refusedSetting}"`),
        );
        return;
      }
      for (const { type } of messages) {
        group.push(MESSAGE_NAMES[type] ?? type);
        if (type !== "S" && type !== "Q") continue;
        roundTrips++;
        groups.push(group);
        group = [];
      }
      if (
        cut !== undefined &&
        messages.some(({ type, body }) => type === "P" && body.includes(`${cut?.text}\0`))
      ) {
        const { answered } = cut;
        server.removeAllListeners("data");
        server.once("data", () => {
          cut = undefined;
          server.destroy();
          answered();
        });
        client.destroy();
      }
      server.write(chunk);
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  return {
    port: address.port,
    get roundTrips() {
      return roundTrips;
    },
    groups,
    cutClientAfter(text) {
      return new Promise((resolve) => {
        cut = { text, answered: resolve };
      });
    },
    refuseSetting(setting) {
      refusedSetting = setting;
    },
    async stop() {
      listener.close();
      for (const socket of sockets) socket.destroy();
      await once(listener, "close");
    },
  };
}

/** Splits what a client sends into messages. The first one has no type byte. */
class MessageReader {
  #rest = Buffer.alloc(0);
  #hasStarted = false;

  read(chunk: Buffer): { type: string; body: string }[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages = [];
    for (;;) {
      const typeBytes = this.#hasStarted ? 1 : 0;
      if (this.#rest.length < typeBytes + 4) return messages;
      const end = typeBytes + this.#rest.readInt32BE(typeBytes);
      if (this.#rest.length < end) return messages;
      const type = this.#rest.toString("latin1", 0, typeBytes);
      messages.push({ type, body: this.#rest.toString("latin1", typeBytes + 4, end) });
      this.#rest = this.#rest.subarray(end);
      this.#hasStarted = true;
    }
  }
}

function errorResponse(severity: string, code: string, message: string): Buffer {
  const body = Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

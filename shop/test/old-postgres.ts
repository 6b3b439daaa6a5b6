import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** Speaks just enough of the protocol to let anybody in and tell its version. */
export async function oldPostgres(version: string): Promise<{ port: number; stop(): Promise<void> }> {
  const number = String(Number.parseInt(version, 10) * 10_000);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that hangs up on us is what the test wants.
    socket.on("error", () => {});
    let isStarted = false;
    socket.on("data", (data) => {
      if (!isStarted) {
        isStarted = true;
        socket.write(Buffer.concat([message("R", int32(0)), ready()]));
      } else if (data[0] === "Q".charCodeAt(0)) {
        socket.write(Buffer.concat([answer({ number, version }), ready()]));
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(row: Readonly<Record<string, string>>): Buffer {
  const names = Object.keys(row);
  // Every column is an int4 as far as the client knows, save `version`, which is text.
  const columns = names.map((name) =>
    Buffer.concat([
      Buffer.from(`${name}\0`),
      int32(0),
      int16(0),
      int32(name === "version" ? 25 : 23),
      int16(-1),
      int32(-1),
      int16(0),
    ]),
  );
  const values = Object.values(row).map((value) => Buffer.concat([int32(value.length), Buffer.from(value)]));
  return Buffer.concat([
    message("T", int16(names.length), ...columns),
    message("D", int16(names.length), ...values),
    message("C", Buffer.from("SELECT 1\0")),
  ]);
}

function ready(): Buffer {
  return message("Z", Buffer.from("I"));
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

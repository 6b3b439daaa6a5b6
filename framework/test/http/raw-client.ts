import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection on which a test writes what no HTTP client would. */
export class RawClient {
  readonly socket: Socket;
  #received = "";
  #isEnded = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#received += text;
      this.#wake();
    });
    const ended = () => {
      this.#isEnded = true;
      this.#wake();
    };
    socket.on("end", ended).on("close", ended).on("error", ended);
  }

  static async to(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const client = new RawClient(socket);
    await once(socket, "connect");
    return client;
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** The next whole answer, or null when the connection ends without one. */
  async answer(hasBody = true): Promise<RawAnswer | null> {
    for (;;) {
      const answer = this.#take(hasBody);
      if (answer !== null || this.#isEnded) return answer;
      await this.#more();
    }
  }

  /** Resolves when the server has closed its side. */
  async ended(): Promise<void> {
    while (!this.#isEnded) await this.#more();
  }

  async close(): Promise<void> {
    if (this.socket.closed) return;
    this.socket.destroy();
    await once(this.socket, "close");
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #take(hasBody: boolean): RawAnswer | null {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return null;
    const [start = "", ...lines] = this.#received.slice(0, end).split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const length = hasBody ? Number(headers["content-length"] ?? 0) : 0;
    const bodyStart = end + 4;
    if (this.#received.length < bodyStart + length) return null;
    const body = this.#received.slice(bodyStart, bodyStart + length);
    this.#received = this.#received.slice(bodyStart + length);
    return { status: Number(start.split(" ")[1]), headers, body };
  }
}

/** Sends one text on a connection of its own and reads one answer. */
export async function sendRaw(url: string, text: string | Buffer): Promise<RawAnswer | null> {
  const client = await RawClient.to(url);
  try {
    client.send(text);
    return await client.answer();
  } finally {
    await client.close();
  }
}

import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the route under test answers
  readonly body: any;
}

export interface RequestParts {
  readonly token?: string;
  readonly body?: unknown;
  /** A body that is sent as it stands, instead of `body`. */
  readonly text?: string;
  readonly key?: string;
  /** On top of the others, or instead of those of the same name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who uses the shop over HTTP, with connections of their own that `close` ends. */
export class ShopClient {
  readonly url: string;
  readonly #agent = new Agent({ keepAlive: true });
  #token: string | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** Sends as whoever is signed in. Rejects when there is no answer. */
  send(method: string, path: string, parts: RequestParts = {}): Promise<Reply> {
    const { body, key, token = this.#token, headers } = parts;
    const text = parts.text ?? (body === undefined ? undefined : JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.url}${path}`, {
        method,
        agent: this.#agent,
        headers: {
          // Node sends no length with a DELETE by itself.
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(key === undefined ? {} : { "idempotency-key": key }),
          ...headers,
        },
      });
      outgoing.on("error", reject);
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const received = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: received === "" ? null : JSON.parse(received),
          });
        });
      });
      outgoing.end(text);
    });
  }

  /** Signs in; everything sent from now on is sent as this account. */
  async signIn(email: string, password: string): Promise<void> {
    const reply = await this.send("POST", "/v1/sessions", { body: { email, password } });
    if (reply.status !== 201) throw new Error(`${email} cannot sign in: ${JSON.stringify(reply.body)}`);
    this.#token = reply.body.token;
  }

  /** Makes an account of its own and signs in with it. */
  async register(): Promise<void> {
    const email = `${randomUUID()}@example.com`;
    const password = `pass ${randomUUID()}`;
    const reply = await this.send("POST", "/v1/accounts", { body: { email, password } });
    if (reply.status !== 201) throw new Error(`Nobody can register: ${JSON.stringify(reply.body)}`);
    await this.signIn(email, password);
  }

  put(sku: string, quantity: number): Promise<Reply> {
    return this.send("PUT", `/v1/cart/items/${sku}`, { body: { quantity } });
  }

  order(key: string = randomUUID()): Promise<Reply> {
    return this.send("POST", "/v1/orders", { key });
  }

  pay(invoiceId: string, card: string): Promise<Reply> {
    return this.send("POST", `/v1/invoices/${invoiceId}/payments`, { body: { card }, key: randomUUID() });
  }

  close(): void {
    this.#agent.destroy();
  }
}

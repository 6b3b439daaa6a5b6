import { randomUUID } from "node:crypto";
import { serve } from "ashlar/http";
import { waitForLockWait } from "ashlar/testing";
import { type Reply, type RequestParts, ShopClient } from "./shop-client.ts";
import { asAdmin } from "./test-databases.ts";
import { stock, testShop } from "./test-shop.ts";

export const PASSWORD = "a staple of horses";

/** Time enough to find out who asks, and too little for a password's turn to come once it has to wait. */
const HASTY_MS = 500;

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

export type Scene = Awaited<ReturnType<typeof openScene>>;

/** The shop served twice, the second time by an edge in a hurry, and the people who use it. */
export async function openScene() {
  const shop = await testShop();
  const edges = [
    await serve(shop.app, { host: "127.0.0.1", port: 0 }),
    await serve(shop.app, { host: "127.0.0.1", port: 0, requestTimeoutMs: HASTY_MS }),
  ] as const;
  const [client, hasty] = [new ShopClient(edges[0].url), new ShopClient(edges[1].url)];
  const send = (method: string, path: string, parts?: RequestParts) => client.send(method, path, parts);

  /** Does what a test needs done before; anything but success ends the test. */
  async function done(sent: Promise<Reply>): Promise<Reply> {
    const reply = await sent;
    if (reply.status >= 300) throw new Error(JSON.stringify(reply.body));
    return reply;
  }

  async function signIn(email: string): Promise<string> {
    return (await done(send("POST", "/v1/sessions", { body: { email, password: PASSWORD } }))).body.token;
  }

  async function newcomer(): Promise<Person> {
    const email = `${randomUUID()}@example.com`;
    const account = await done(send("POST", "/v1/accounts", { body: { email, password: PASSWORD } }));
    return { id: account.body.id, email, token: await signIn(email) };
  }

  async function newKey({ token }: Person, scope: string): Promise<{ key: string; id: string }> {
    const body = { name: "for a test", scopes: [scope] };
    const made = await done(send("POST", "/v1/api-keys", { token, body }));
    return { key: made.body.key, id: made.body.apiKey.id };
  }

  await stock(shop, {
    mallet: { price: 20, stock: 1000 },
    relic: { price: 100, stock: 1 },
    palace: { price: 10_000_000_000, stock: 1000 },
  });
  const customer = await newcomer();
  const operator = await newcomer();
  await shop.adminQuery`
    update identity.accounts set roles = '{customer,operator}' where id = ${operator.id}`;
  const catalogKey = (await newKey(operator, "catalog:write")).key;

  /** Holds a table against writers; asks `then` once everything that `blocked` began waits for it. */
  function whileHeld(table: string, blocked: () => Promise<Reply>[], then: () => Promise<Reply>) {
    return asAdmin(shop.databaseUrl, async (holder) => {
      await holder.query(`begin; lock table ${table} in exclusive mode`);
      const waiting = blocked();
      await waitForLockWait(shop, waiting.length);
      const reply = await then();
      await holder.query("rollback");
      await Promise.all(waiting);
      return reply;
    });
  }

  return {
    shop,
    send,
    signIn,
    newcomer,
    newKey,
    customer,
    operator,
    catalogKey,

    /** What the second of two equal requests is answered while the first one waits for `table`. */
    sendTwin: (table: string, method: string, path: string, parts: RequestParts) =>
      whileHeld(
        table,
        () => [send(method, path, parts)],
        () => hasty.send(method, path, parts),
      ),

    /** What is answered while as many passwords are being checked as may be at a time. */
    sendWhileBusy: (method: string, path: string, parts: RequestParts) =>
      whileHeld(
        "identity.sign_in_attempts",
        () =>
          ["one", "two"].map((name) =>
            send("POST", "/v1/sessions", { body: { email: `${name}@example.com`, password: PASSWORD } }),
          ),
        () => hasty.send(method, path, parts),
      ),

    /** What is answered when the sender's account is deleted after the token was accepted. */
    async sendWhileDeleted(method: string, path: string, parts: RequestParts): Promise<Reply> {
      const { id, token } = await newcomer();
      // The use of a stale session is noted between authentication and operation: there it waits for the deletion.
      shop.clock.advance(61_000);
      return asAdmin(shop.databaseUrl, async (deleter) => {
        await deleter.query("begin");
        await deleter.query("delete from identity.sessions where account_id = $1", [id]);
        await deleter.query("delete from identity.accounts where id = $1", [id]);
        const sent = send(method, path, { token, ...parts });
        await waitForLockWait(shop);
        await deleter.query("commit");
        return sent;
      });
    },

    /** Leaves the customer's cart with this much of this product. */
    async fillCart(sku: string, quantity: number): Promise<void> {
      await shop.adminQuery`delete from ordering.cart_items where account_id = ${customer.id}`;
      await done(send("PUT", `/v1/cart/items/${sku}`, { token: customer.token, body: { quantity } }));
    },

    async order(): Promise<{ id: string; invoice: { id: string } }> {
      await this.fillCart("mallet", 1);
      const sent = send("POST", "/v1/orders", { token: customer.token, key: randomUUID() });
      return (await done(sent)).body;
    },

    /** Begins the payment of an invoice of the customer. It stays pending: nobody works on jobs here. */
    async pay(invoiceId: string): Promise<{ id: string }> {
      const sent = send("POST", `/v1/invoices/${invoiceId}/payments`, {
        token: customer.token,
        body: { card: "card_success" },
      });
      return (await done(sent)).body;
    },

    /** Sends the same five times and tells the answer to the sixth. */
    async sendTooOften(method: string, path: string, parts: RequestParts): Promise<Reply> {
      for (let times = 0; times < 5; times++) await send(method, path, parts);
      return send(method, path, parts);
    },

    async close(): Promise<void> {
      client.close();
      hasty.close();
      await Promise.all(edges.map((edge) => edge.stop()));
    },
  };
}

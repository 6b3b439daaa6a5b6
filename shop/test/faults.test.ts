// Bad days: the process or the database is killed in the middle of orders. No order that a client was told of is
// lost, none is made twice, and all invariants hold. The suite runs a short form; SHOP_FAULT_ROUNDS and
// SHOP_FAULT_LOAD_MS make it longer.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "ashlar/postgres";
import { type Acknowledged, brokenInvariants, brokenPromises } from "./invariants.ts";
import { quiet } from "./quiet.ts";
import { type Reply, ShopClient } from "./shop-client.ts";
import { isRepetition, newHome, type ShopProcess, startShop } from "./shop-process.ts";
import { asAdmin, newDatabase } from "./test-databases.ts";

const ROUNDS = Number(process.env.SHOP_FAULT_ROUNDS ?? 2);
/** How long orders flow before the fault. */
const LOAD_MS = Number(process.env.SHOP_FAULT_LOAD_MS ?? 400);
const BUYERS = 8;
const SKU = "HL-PAN-24";

describe("no acknowledged order is lost and no invariant broken", { skip: isRepetition }, () => {
  it("when the shop is killed in the middle of orders and started again", async (test) => {
    const settings = { DATABASE_URL: await newDatabase(), ASHLAR_HOME: newHome(), ASHLAR_DEMO: "1" };
    let shop = startShop(settings);
    const { url } = await shop.ready();
    const load = await startLoad(url, shop);
    for (let round = 0; round < ROUNDS; round++) {
      await load.flows();
      await shop.ended("SIGKILL");
      // On the same port, as behind an address that clients know.
      shop = startShop({ ...settings, PORT: new URL(url).port });
      await shop.ready();
    }
    const acknowledged = await load.finish();
    test.diagnostic(`${acknowledged.length} orders acknowledged, ${load.repeated} requests repeated`);
    await assertAllIsWell(settings.DATABASE_URL, acknowledged);
    assert.equal(await shop.ended("SIGINT"), 0);
  });

  it("when PostgreSQL is killed in the middle of orders, and the shop goes on without a restart", async (test) => {
    const home = newHome();
    // Durable, unlike the test server: what was committed must survive.
    const open = () => startEmbeddedPostgres({ directory: join(home, "postgres"), database: "shop" });
    let server: EmbeddedPostgres = await open();
    try {
      const DATABASE_URL = server.url;
      const shop = startShop({ DATABASE_URL, ASHLAR_HOME: home, ASHLAR_DEMO: "1", LOG_LEVEL: "silent" });
      const { url } = await shop.ready();
      const load = await startLoad(url, shop);
      for (let round = 0; round < ROUNDS; round++) {
        await load.flows();
        process.kill(server.pid, "SIGKILL");
        await server.stop();
        server = await open();
        assert.equal(server.url, DATABASE_URL, "the shop finds it where it was");
      }
      const acknowledged = await load.finish();
      test.diagnostic(`${acknowledged.length} orders acknowledged, ${load.repeated} requests repeated`);
      await assertAllIsWell(DATABASE_URL, acknowledged);
      assert.equal(await shop.ended("SIGINT"), 0);
    } finally {
      await server.stop();
    }
  });
});

/** Nothing is broken at any moment, and what was begun comes to its end: no payment stays half done. */
async function assertAllIsWell(databaseUrl: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  assert.deepEqual(await brokenInvariants(databaseUrl), []);
  assert.deepEqual(await brokenPromises(databaseUrl, acknowledged), []);
  await quiet(databaseUrl);
  assert.deepEqual(await brokenInvariants(databaseUrl), []);
  const { rows } = await asAdmin(databaseUrl, (client) =>
    client.query("select state from billing.payments where state <> 'captured'"),
  );
  assert.deepEqual(rows, []);
}

/**
 * Buyers who put something into their cart, order it and pay for half of it, over and over. A request without an answer, or whose answer
 * is that the server failed, is sent again with the same key until there is one, as a careful client does.
 */
async function startLoad(url: string, shop: ShopProcess) {
  const acknowledged: Acknowledged[] = [];
  const [, email = "", password = ""] = /Operator +(\S+) +password (\S+)/.exec(shop.stdout) ?? [];
  const operator = new ShopClient(url);
  await operator.signIn(email, password);
  const { status } = await operator.send("PUT", `/v1/products/${SKU}/stock`, { body: { onHand: 1_000_000 } });
  assert.equal(status, 200);
  operator.close();
  const clients = Array.from({ length: BUYERS }, () => new ShopClient(url));
  await Promise.all(clients.map((client) => client.register()));
  let isOver = false;
  let repeated = 0;

  const insist = async (send: () => Promise<Reply>): Promise<Reply> => {
    for (;;) {
      const reply = await send().catch(() => null);
      if (reply !== null && reply.status < 500) return reply;
      repeated++;
      // A client that waits between two tries; nothing is awaited by it.
      await delay(20);
    }
  };
  const buy = async (client: ShopClient): Promise<void> => {
    while (!isOver) {
      await insist(() => client.put(SKU, 1));
      const key = randomUUID();
      const reply = await insist(() => client.order(key));
      assert.equal(reply.status, 201, JSON.stringify(reply.body));
      acknowledged.push({ key, orderId: reply.body.id });
      // Not every one: there have to be open orders too.
      if (acknowledged.length % 2 === 0)
        await insist(() => client.pay(reply.body.invoice.id, "card_success"));
    }
  };
  const buyers = Promise.all(clients.map(buy));
  // Reported by `finish`; without this a failure meanwhile would end the process.
  buyers.catch(() => {});

  return {
    get repeated() {
      return repeated;
    },
    /** Resolves once orders have come through for a while. */
    async flows(): Promise<void> {
      const before = acknowledged.length;
      const since = performance.now();
      while (acknowledged.length < before + BUYERS || performance.now() - since < LOAD_MS) {
        await Promise.race([delay(10), buyers]);
      }
    },
    /** Lets every buyer get an answer to what was sent, and returns all that was promised. */
    async finish(): Promise<readonly Acknowledged[]> {
      isOver = true;
      await buyers;
      for (const client of clients) client.close();
      return acknowledged;
    },
  };
}

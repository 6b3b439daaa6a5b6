// The monolith as people run it: real processes, real signals, real databases.
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "ashlar/testing";
import { brokenInvariants } from "./invariants.ts";
import { oldPostgres } from "./old-postgres.ts";
import { patiently } from "./quiet.ts";
import { ShopClient } from "./shop-client.ts";
import { isRepetition, newHome, type ShopProcess, startShop } from "./shop-process.ts";
import { asAdmin, newDatabase } from "./test-databases.ts";

describe("the shop on its embedded database", { skip: isRepetition }, () => {
  const home = newHome();
  let orderId: string;
  let credentials: { email: string; password: string };

  it("starts, tells how to reach it, takes an order over HTTP and stops on Ctrl-C", async (t) => {
    const shop = startShop({ ASHLAR_HOME: home });
    const { url, afterMs } = await shop.ready();
    t.diagnostic(`first start ready after ${Math.round(afterMs)} ms`);
    assert.deepEqual(shop.stdout.match(/^ready .*$/gm), [`ready ${url}`], "one line, on stdout");
    assert.match(shop.stdout, /embedded PostgreSQL/);
    assert.match(shop.stdout, /Walls +all \d+ hold/);
    assert.match(shop.stdout, /Cards +card_success, card_declined, /);
    assert.ok(shop.stdout.includes(`files in ${join(home, "mail")}`));
    const provider = providerIn(shop.stdout);
    credentials = customerIn(shop.stdout);

    const client = new ShopClient(url);
    await client.signIn(credentials.email, credentials.password);
    const { body: products } = await client.send("GET", "/v1/products?limit=100");
    const product = products.items.find(({ available }: { available: number }) => available > 1);
    assert.equal((await client.put(product.sku, 2)).status, 200);
    const order = await client.order();
    assert.equal(order.status, 201);
    assert.equal(order.headers.location, `/v1/orders/${order.body.id}`);
    assert.equal(order.body.total.amount, 2 * product.price.amount);
    orderId = order.body.id;
    const invoice = await client.send("GET", `/v1/invoices/${order.body.invoice.id}`);
    assert.equal(invoice.body.number, order.body.invoice.number);
    assert.ok((await client.pay(order.body.invoice.id, "card_success")).status < 300);
    await eventually("the order is paid and its buyer knows", async () => {
      const { body } = await client.send("GET", `/v1/orders/${orderId}`);
      return body.state === "paid" && existsSync(join(home, `mail/${orderId}.paid.eml`));
    });
    client.close();
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(
      metrics,
      /^ashlar_operation_duration_seconds_count\{module="ordering",operation="ordering.placeOrder"\} 1$/m,
      "in development this machine may read them",
    );
    assert.match(metrics, /^ashlar_pool_connections_max\{pool="background"\} \d+$/m);
    assert.match(metrics, /^ashlar_queue_ready\{module="billing",queue="default"\} \d+$/m);
    assert.doesNotMatch(metrics, /^ashlar_scrape_errors_total.* [1-9]/m);

    const postmaster = postmasterIn(home);
    assert.equal(await shop.ended("SIGINT"), 0);
    assert.equal(isAlive(postmaster), false, "the database stops with it");
    assert.equal(await answers(provider), false, "so does the payment provider");
  });

  it("starts again faster, with the same data and the same credentials", async (t) => {
    const shop = startShop({ ASHLAR_HOME: home });
    const { url, afterMs } = await shop.ready();
    t.diagnostic(`later start ready after ${Math.round(afterMs)} ms`);
    assert.deepEqual(customerIn(shop.stdout), credentials);
    const client = new ShopClient(url);
    await client.signIn(credentials.email, credentials.password);
    assert.equal((await client.send("GET", `/v1/orders/${orderId}`)).body.id, orderId);
    const cancelled = await client.send("POST", `/v1/orders/${orderId}/cancel`);
    assert.equal(cancelled.body.state, "cancelled");
    await eventually("the provider, which was started anew as well, has given the money back", async () => {
      return (await client.send("GET", `/v1/orders/${orderId}`)).body.state === "refunded";
    });
    assert.deepEqual(await brokenInvariants(adminUrlIn(home)), []);
    client.close();
    assert.equal(await shop.ended("SIGTERM"), 0);
  });

  it("takes its payment provider with it when it is killed", async () => {
    const shop = startShop({ DATABASE_URL: await newDatabase(), ASHLAR_HOME: newHome() });
    await shop.ready();
    const provider = providerIn(shop.stdout);
    assert.equal(await answers(provider), true);
    await shop.ended("SIGKILL");
    await eventually("the provider is gone", async () => !(await answers(provider)));
  });

  it("keeps the demo passwords where only its user can read them", () => {
    assert.equal(statSync(join(home, "postgres/demo.json")).mode & 0o777, 0o600);
  });

  it("gives up starting when it is asked to, and leaves nothing running", async () => {
    const empty = newHome();
    const shop = startShop({ ASHLAR_HOME: empty });
    while (!existsSync(join(empty, "postgres/cluster/data/postmaster.pid"))) {
      assert.equal(shop.child.exitCode, null, shop.stderr);
      await delay(10);
    }
    const postmaster = postmasterIn(empty);
    assert.doesNotMatch(shop.stdout, /ready/);
    assert.equal(await shop.ended("SIGINT"), 0);
    assert.equal(shop.stderr, "");
    assert.equal(isAlive(postmaster), false);
  });
});

describe("the shop on a given database", { skip: isRepetition }, () => {
  it("has no demo data unless it is asked for", async () => {
    const DATABASE_URL = await newDatabase();
    const bare = startShop({ DATABASE_URL, ASHLAR_HOME: newHome() });
    const client = new ShopClient((await bare.ready()).url);
    assert.deepEqual((await client.send("GET", "/v1/products")).body.items, []);
    client.close();
    assert.doesNotMatch(bare.stdout, /password/);
    assert.equal(await bare.ended("SIGINT"), 0);

    const home = newHome();
    const asked = startShop({ DATABASE_URL, ASHLAR_HOME: home, ASHLAR_DEMO: "1" });
    const customer = new ShopClient((await asked.ready()).url);
    const { email, password } = customerIn(asked.stdout);
    await customer.signIn(email, password);
    assert.notDeepEqual((await customer.send("GET", "/v1/products")).body.items, []);
    customer.close();
    assert.equal(await asked.ended("SIGINT"), 0);

    const elsewhere = startShop({ DATABASE_URL, ASHLAR_HOME: newHome(), ASHLAR_DEMO: "1" });
    await elsewhere.ready();
    assert.match(elsewhere.stdout, /customer@demo\.example, whose password was printed where/);
    assert.equal(await elsewhere.ended("SIGINT"), 0);
  });

  it("never shows the password of its database", async () => {
    const DATABASE_URL = await newDatabase();
    const shop = startShop({ DATABASE_URL, ASHLAR_HOME: newHome(), LOG_LEVEL: "trace" });
    await shop.ready();
    await shop.ended("SIGINT");
    const { password } = new URL(DATABASE_URL);
    assert.doesNotMatch(shop.stdout + shop.stderr, new RegExp(decodeURIComponent(password)));
  });

  it("works on its jobs without LISTEN too, as behind a pooler", async () => {
    const settings = { DATABASE_URL: await newDatabase(), ASHLAR_HOME: newHome(), ASHLAR_DEMO: "1" };
    const shop = startShop({ ...settings, JOBS_POLL_ONLY: "1", JOBS_CONCURRENCY: "2" });
    const client = new ShopClient((await shop.ready()).url);
    const { email, password } = customerIn(shop.stdout);
    await client.signIn(email, password);
    assert.equal((await client.put("HL-PAN-24", 1)).status, 200);
    const { id, invoice } = (await client.order()).body;
    assert.equal((await client.pay(invoice.id, "card_success")).status, 202);
    await patiently("the order is paid", async () => {
      return (await client.send("GET", `/v1/orders/${id}`)).body.state === "paid";
    });
    const { rows } = await asAdmin(settings.DATABASE_URL, (admin) =>
      admin.query(
        "select from pg_stat_activity where datname = current_database() and query ilike 'listen %'",
      ),
    );
    assert.deepEqual(rows, []);
    client.close();
    assert.equal(await shop.ended("SIGINT"), 0);
  });

  it("ends at once at a second Ctrl-C, with requests in progress", async () => {
    const shop = startShop({ DATABASE_URL: await newDatabase(), ASHLAR_HOME: newHome() });
    const { url } = await shop.ready();
    const half = connect(Number(new URL(url).port), "127.0.0.1");
    half.on("error", () => {});
    half.write("POST /v1/accounts HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n");
    half.write("content-length: 100\r\nexpect: 100-continue\r\n\r\n");
    await once(half, "data");
    const impatience = setInterval(() => shop.child.kill("SIGINT"), 100);
    const code = await shop.ended();
    clearInterval(impatience);
    half.destroy();
    assert.equal(code, 130);
  });
});

describe("the shop cannot start", { skip: isRepetition }, () => {
  it("with settings that cannot be, and names all of them", async () => {
    const shop = startShop({
      PORT: "http",
      LOG_LEVEL: "loud",
      POOL_SIZE: "0",
      DATABASE_URL: "mysql://root:secret@localhost/shop",
      ASHLAR_DEMO: "yes",
    });
    await assertRefused(shop, [
      /PORT is "http"; it must be a whole number from 0 to 65535/,
      /LOG_LEVEL is "loud"; it must be one of trace, debug/,
      /POOL_SIZE is "0"/,
      /DATABASE_URL cannot be read; it must look like postgres:/,
      /ASHLAR_DEMO is "yes"; it must be one of 0, 1/,
    ]);
    assert.doesNotMatch(shop.stderr, /secret/);
  });

  it("on a port that is taken", async () => {
    const thief = createServer().listen(0, "127.0.0.1");
    await once(thief, "listening");
    const { port } = thief.address() as { port: number };
    const shop = startShop({ DATABASE_URL: await newDatabase(), ASHLAR_HOME: newHome(), PORT: String(port) });
    await assertRefused(shop, [new RegExp(`127\\.0\\.0\\.1:${port}.*taken.*PORT`)], 1);
    thief.close();
  });

  it("on an address that is not of this machine", async () => {
    const DATABASE_URL = await newDatabase();
    await assertRefused(startShop({ DATABASE_URL, ASHLAR_HOME: newHome(), HOST: "192.0.2.1" }), [/HOST/], 1);
  });

  it("without its database", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as { port: number };
    closed.close();
    await once(closed, "close");
    const DATABASE_URL = `postgres://shop:hidden@127.0.0.1:${port}/shop`;
    const shop = startShop({ DATABASE_URL, ASHLAR_HOME: newHome() });
    await assertRefused(shop, [new RegExp(`127\\.0\\.0\\.1:${port} cannot be reached`)], 1);
    assert.doesNotMatch(shop.stderr, /hidden/);
  });

  it("with a wrong password for its database", async () => {
    const url = new URL(await newDatabase());
    url.password = "wrong";
    await assertRefused(
      startShop({ DATABASE_URL: url.href, ASHLAR_HOME: newHome() }),
      [/[Pp]assword authentication failed/],
      1,
    );
  });

  it("on a PostgreSQL that is too old", async () => {
    const server = await oldPostgres("15.8");
    const DATABASE_URL = `postgres://shop@127.0.0.1:${server.port}/shop`;
    const shop = startShop({ DATABASE_URL, ASHLAR_HOME: newHome() });
    await assertRefused(shop, [/is version 15\.8.* 16 or later/], 1);
    await server.stop();
  });

  it("when a migration was edited after it was applied", async () => {
    const DATABASE_URL = await newDatabase();
    const first = startShop({ DATABASE_URL, ASHLAR_HOME: newHome() });
    await first.ready();
    await first.ended("SIGINT");
    await asAdmin(DATABASE_URL, (client) =>
      client.query("update billing._migrations set checksum = 'other' where source = 'module'"),
    );
    await assertRefused(startShop({ DATABASE_URL, ASHLAR_HOME: newHome() }), [
      /billing.*0001_create_invoices/,
    ]);
  });

  it("in a directory that cannot be written", async () => {
    const shop = startShop({ ASHLAR_HOME: "/dev/null/shop" });
    await assertRefused(shop, [/\/dev\/null\/shop.*cannot be written/], 1);
  });
});

/** Exit code 1, the reasons on stderr, in so many lines if told, nothing on stdout, and no stack. */
async function assertRefused(shop: ShopProcess, reasons: readonly RegExp[], lines?: number): Promise<void> {
  await assert.rejects(shop.ready(), /\(exit\)/);
  assert.equal(await shop.ended(), 1);
  for (const reason of reasons) assert.match(shop.stderr, reason);
  assert.doesNotMatch(shop.stderr, /^\s+at |node:internal/m);
  assert.equal(shop.stdout, "");
  if (lines !== undefined) assert.equal(shop.stderr.trimEnd().split("\n").length, lines, shop.stderr);
}

function customerIn(banner: string): { email: string; password: string } {
  const found = /Customer +(\S+) +password (\S+)/.exec(banner);
  return { email: found?.[1] ?? "", password: found?.[2] ?? "" };
}

function providerIn(banner: string): string {
  return /Payments +local provider at (\S+)/.exec(banner)?.[1] ?? "";
}

/** Whether anybody listens there. */
async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    async (answer) => {
      await answer.body?.cancel();
      return true;
    },
    () => false,
  );
}

function postmasterIn(home: string): number {
  return Number.parseInt(readFileSync(join(home, "postgres/cluster/data/postmaster.pid"), "utf8"), 10);
}

function adminUrlIn(home: string): string {
  const password = readFileSync(join(home, "postgres/cluster/password"), "utf8").trim();
  const port = readFileSync(join(home, "postgres/port"), "utf8").trim();
  return `postgres://postgres:${password}@127.0.0.1:${port}/shop`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

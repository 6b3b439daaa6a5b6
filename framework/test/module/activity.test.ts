import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { ActivityCounter } from "../../src/module/activity-counter.ts";
import { ActivityTable } from "../../src/module/activity-table.ts";
import { Activity, type App, createApp } from "../../src/module/index.ts";
import { Pool, workerRole } from "../../src/postgres/index.ts";
import { SpanRing } from "../../src/telemetry/index.ts";
import { testApp } from "../../src/testing/index.ts";
import { inOrders, inStock, labWith, orders, stock } from "./lab.ts";

const MINUTE_MS = 60_000;
const NOON = Date.UTC(2026, 10, 20, 12);

const modules = labWith([
  inOrders.handle(orders.place, async ({ text }, { call, fail }) => {
    await call(stock).find({ sku: "bolt" });
    if (text === "sold out") fail("SOLD_OUT");
    if (text === "broken") throw new TypeError("broken");
    return { id: text };
  }),
  inStock.handle(stock.find, async (_, { sql }) => {
    await sql`select sku from stock.items`;
    return { quantity: 1 };
  }),
]);
const shop = await testApp({ modules });
const role = workerRole(shop.app.name);
const activity = new Activity({ execute: (statement) => shop.app.pool.execute(role, statement) });
const forget = () => shop.adminQuery`truncate ashlar.activity`;
const rows = () => shop.adminQuery`
  select kind, module, name, count, failed from ashlar.activity order by kind, module, name`;

/** An instance as it runs in production: the test's own notes nothing. */
async function instance(): Promise<App> {
  const app = createApp({ modules, name: shop.app.name });
  await app.start({ pool: new Pool({ connection: shop.app.pool.address }) });
  return app;
}

/** The counter and the writer of an instance, without the app. */
function counting(pool: () => Pick<Pool, "execute"> = () => shop.app.pool) {
  const spans = new SpanRing();
  const counter = new ActivityCounter(spans);
  const lines: string[] = [];
  let moment = NOON;
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const table = new ActivityTable({ app: shop.app.name, counter, pool, log, now: () => moment });
  return {
    table,
    warnings: () => lines.length,
    at: (minutes: number) => {
      moment = NOON + minutes * MINUTE_MS;
    },
    done: (name: string, durationMs: number, failed = false) =>
      counter.ended("request", "orders", name, durationMs, null, failed, 1),
  };
}

test("what an app did is there by kind, module and name, also when it stops within the minute", async () => {
  await forget();
  const app = await instance();
  await app.execute(orders.place, { text: "good" });
  await assert.rejects(app.execute(orders.place, { text: "sold out" }));
  await assert.rejects(app.execute(orders.place, { text: "broken" }));
  await app.stop();
  assert.deepEqual(await rows(), [
    { kind: "call", module: "", name: "", count: 6, failed: 1 },
    { kind: "call", module: "orders", name: "orders.place", count: 3, failed: 1 },
    { kind: "call", module: "stock", name: "stock.find", count: 3, failed: 0 },
    { kind: "edge", module: "", name: "", count: 3, failed: 0 },
    { kind: "edge", module: "orders", name: "stock", count: 3, failed: 0 },
  ]);
});

test("two instances and one that was restarted add up, durations too", async () => {
  await forget();
  const [first, second, restarted] = [counting(), counting(), counting()];
  for (let n = 0; n < 98; n++) first.done("GET /", 2);
  second.done("GET /", 3_000, true);
  restarted.done("GET /", 0.01);
  for (const { table } of [first, second, restarted]) await table.write();
  const [sum] = await activity.totals({ kind: "request", from: NOON, until: NOON + MINUTE_MS });
  assert.deepEqual(
    { ...sum, totalMs: undefined, p50Ms: undefined, p99Ms: undefined },
    {
      module: "orders",
      name: "GET /",
      count: 100,
      failed: 1,
      totalMs: undefined,
      p50Ms: undefined,
      p99Ms: undefined,
    },
  );
  assert.equal(Math.round(sum!.totalMs), 3_196);
  assert.ok(sum!.p50Ms! > 1.6 && sum!.p50Ms! < 2.4);
  second.done("GET /", 3_000);
  await second.table.write();
  const [after] = await activity.totals({ kind: "request", from: NOON, until: NOON + 2 * MINUTE_MS });
  assert.equal(after!.count, 101);
  assert.ok(after!.p99Ms! > 2_400 && after!.p99Ms! < 3_600);
});

test("a series has every step, of one name, of a module and of all", async () => {
  await forget();
  const { table, at, done } = counting();
  for (const [minutes, name] of [
    [0, "GET /"],
    [1, "GET /"],
    [1, "POST /"],
    [3, "GET /"],
  ] as const) {
    at(minutes);
    await table.write();
    done(name, 5);
  }
  at(4);
  await table.write();
  const period = { kind: "request", from: NOON, until: NOON + 5 * MINUTE_MS, stepMs: MINUTE_MS } as const;
  const counts = async (more: { module?: string; name?: string; stepMs?: number }) =>
    (await activity.series({ ...period, ...more })).map(({ count }) => count);
  assert.deepEqual(await counts({}), [1, 2, 0, 1, 0]);
  assert.deepEqual(await counts({ module: "orders" }), [1, 2, 0, 1, 0]);
  assert.deepEqual(await counts({ module: "orders", name: "GET /" }), [1, 1, 0, 1, 0]);
  assert.deepEqual(await counts({ name: "POST /" }), [0, 1, 0, 0, 0]);
  assert.deepEqual(await counts({ module: "stock" }), [0, 0, 0, 0, 0]);
  assert.deepEqual(await counts({ stepMs: 2 * MINUTE_MS }), [3, 1, 0]);
  const [step, , empty] = await activity.series(period);
  assert.equal(step!.at, NOON);
  assert.ok(step!.p99Ms! > 4 && step!.p99Ms! < 6);
  assert.deepEqual(empty, {
    at: NOON + 2 * MINUTE_MS,
    count: 0,
    failed: 0,
    totalMs: 0,
    p50Ms: null,
    p99Ms: null,
  });
  const perModule = await activity.totals({ ...period, per: "module" });
  assert.deepEqual(
    perModule.map(({ module, name, count }) => [module, name, count]),
    [["orders", "", 4]],
  );
});

test("while the database is away nothing is lost for an hour, which is told once; then the oldest goes", async () => {
  await forget();
  const away = { execute: () => Promise.reject(new Error("away")) };
  let isAway = true;
  const { table, at, done, warnings } = counting(() => (isAway ? away : shop.app.pool));
  for (let minutes = 0; minutes <= 61; minutes++) {
    done("GET /", 1);
    at(minutes);
    await table.write();
  }
  assert.equal(warnings(), 1);
  isAway = false;
  await table.write();
  const series = await activity.series({
    kind: "request",
    from: NOON,
    until: NOON + 62 * MINUTE_MS,
    stepMs: MINUTE_MS,
  });
  assert.equal(
    series.reduce((sum, { count }) => sum + count, 0),
    60,
  );
});

test("what is older than a week goes as more comes", async () => {
  await forget();
  await shop.adminQuery`
    insert into ashlar.activity (kind, module, minute, name, count, failed, total_ms, first_bucket, buckets)
    select 'request', 'orders', date_trunc('minute', now()) - case when n <= 3 then interval '8 days' else interval '6 days' end,
      'n' || n, 1, 0, 1, 0, '{1}' from generate_series(1, 5) as n`;
  const { table, done } = counting();
  done("new", 1);
  await table.write();
  const names = (await rows()).map(({ name }) => name);
  assert.deepEqual(names, ["", "n4", "n5", "new"]);
});

test("names beyond a thousand in a minute are counted as one", async () => {
  await forget();
  const { table, done } = counting();
  for (let n = 0; n < 1_005; n++) done(`GET /${n}`, 1);
  await table.write();
  assert.equal((await rows()).length, 1_002);
  const [most] = await activity.totals({ kind: "request", from: NOON, until: NOON + MINUTE_MS });
  assert.deepEqual([most!.module, most!.name, most!.count], ["", "...", 5]);
});

test("nothing is written when nothing was done", async () => {
  await forget();
  const app = await instance();
  await app.stop();
  assert.deepEqual(await rows(), []);
});

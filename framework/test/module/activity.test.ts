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
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Of yesterday: what is old is forgotten. */
const NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

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
const forget = () => shop.adminQuery`truncate ashlar.activity, ashlar.activity_hours`;
const rows = () => shop.adminQuery`
  select kind, module, name, count, failed from ashlar.activity order by kind, module, name`;

const hourRows = () => shop.adminQuery`
  select kind, module, name, count, failed from ashlar.activity_hours order by kind, module, name`;

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
    { kind: "call", module: "orders", name: "", count: 3, failed: 1 },
    { kind: "call", module: "orders", name: "orders.place", count: 3, failed: 1 },
    { kind: "call", module: "stock", name: "", count: 3, failed: 0 },
    { kind: "call", module: "stock", name: "stock.find", count: 3, failed: 0 },
    { kind: "edge", module: "", name: "", count: 3, failed: 0 },
    { kind: "edge", module: "orders", name: "", count: 3, failed: 0 },
    { kind: "edge", module: "orders", name: "stock", count: 3, failed: 0 },
  ]);
  assert.deepEqual(await hourRows(), await rows());
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
      kind: "request",
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

test("long periods are read by the hour, to the minute at both ends", async () => {
  await forget();
  const { table, at, done } = counting();
  // Every ten minutes from ten to noon on for six hours: the first is of the hour before.
  for (let minutes = -10; minutes < 6 * 60; minutes += 10) {
    at(minutes);
    await table.write();
    done("GET /", 5, minutes < 0);
    if (minutes >= 120) done("POST /", 900);
  }
  at(6 * 60);
  await table.write();
  const countOf = async (from: number, until: number, more: object = {}) => {
    const period = { from: NOON + from * MINUTE_MS, until: NOON + until * MINUTE_MS, ...more };
    const totals = await activity.totals({ kind: ["request", "call"], ...period });
    return totals.map(({ kind, name, count, failed }) => [kind, name, count, failed]);
  };
  assert.deepEqual(await countOf(-10, 360), [
    ["request", "GET /", 37, 1],
    ["request", "POST /", 24, 0],
  ]);
  assert.deepEqual(await countOf(-9, 350), [
    ["request", "GET /", 35, 0],
    ["request", "POST /", 23, 0],
  ]);
  assert.deepEqual(await countOf(0, 241), [
    ["request", "GET /", 25, 0],
    ["request", "POST /", 13, 0],
  ]);
  assert.deepEqual(await countOf(0, 241, { per: "module" }), [["request", "", 38, 0]]);
  assert.deepEqual(await countOf(0, 241, { name: "POST /" }), [["request", "POST /", 13, 0]]);
  const hourly = async (stepMs: number, more: object = {}) => {
    const period = { kind: "request", from: NOON - 10 * MINUTE_MS, until: NOON + 350 * MINUTE_MS } as const;
    return (await activity.series({ ...period, stepMs, ...more })).map(({ count }) => count);
  };
  assert.deepEqual(await hourly(60 * MINUTE_MS), [1, 6, 6, 12, 12, 12, 12]);
  assert.deepEqual(await hourly(60 * MINUTE_MS, { module: "orders" }), [1, 6, 6, 12, 12, 12, 12]);
  assert.deepEqual(await hourly(120 * MINUTE_MS, { module: "orders", name: "GET /" }), [1, 12, 12, 12]);
  // Without the minutes the hours are still there.
  await shop.adminQuery`truncate ashlar.activity`;
  assert.deepEqual(await hourly(60 * MINUTE_MS), [1, 6, 6, 12, 12, 12, 12]);
  const [slowest] = await activity.series({
    ...{ kind: "request", from: NOON + 300 * MINUTE_MS, until: NOON + 360 * MINUTE_MS },
    stepMs: 60 * MINUTE_MS,
  });
  assert.ok(slowest!.p99Ms! > 700 && slowest!.p99Ms! < 1_100);
});

test("a period that begins before minutes are kept begins with a whole hour", async () => {
  await forget();
  await shop.adminQuery`
    insert into ashlar.activity_hours select 'request', 'orders', date_trunc('hour', now(), 'UTC') - interval '8 days', 'GET /', 7, 0, 7, 0, '{7}'`;
  const from = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 8 * 24 * 3_600_000 + 30 * MINUTE_MS;
  const [sum] = await activity.totals({ kind: "request", from, until: from + 24 * 3_600_000 });
  assert.equal(sum!.count, 7);
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

test("minutes older than a week and hours older than 30 days go as more comes", async () => {
  await forget();
  await shop.adminQuery`
    insert into ashlar.activity (kind, module, minute, name, count, failed, total_ms, first_bucket, buckets)
    select 'request', 'orders', date_trunc('minute', now()) - case when n <= 3 then interval '8 days' else interval '6 days' end,
      'n' || n, 1, 0, 1, 0, '{1}' from generate_series(1, 5) as n`;
  await shop.adminQuery`
    insert into ashlar.activity_hours (kind, module, hour, name, count, failed, total_ms, first_bucket, buckets)
    select 'request', 'orders', now() - case when n <= 3 then interval '31 days' else interval '29 days' end,
      'n' || n, 1, 0, 1, 0, '{1}' from generate_series(1, 5) as n`;
  const { table, done } = counting();
  done("new", 1);
  await table.write();
  const names = (found: Awaited<ReturnType<typeof rows>>) => found.map(({ name }) => name);
  assert.deepEqual(names(await rows()), ["", "", "n4", "n5", "new"]);
  assert.deepEqual(names(await hourRows()), ["", "", "n4", "n5", "new"]);
});

test("names beyond a thousand in a minute are counted as one", async () => {
  await forget();
  const { table, done } = counting();
  for (let n = 0; n < 1_005; n++) done(`GET /${n}`, 1);
  await table.write();
  assert.equal((await rows()).length, 1_003);
  const [most] = await activity.totals({ kind: "request", from: NOON, until: NOON + MINUTE_MS });
  assert.deepEqual([most!.module, most!.name, most!.count], ["", "...", 5]);
});

test("nothing is written when nothing was done", async () => {
  await forget();
  const app = await instance();
  await app.stop();
  assert.deepEqual(await rows(), []);
});

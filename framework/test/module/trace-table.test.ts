import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import {
  type App,
  type AppParts,
  createApp,
  type PackedSpan,
  storedSpans,
  type TraceOptions,
} from "../../src/module/index.ts";
import { TraceTable } from "../../src/module/trace-table.ts";
import { Pool } from "../../src/postgres/index.ts";
import { eventually, testApp } from "../../src/testing/index.ts";
import { inOrders, inStock, labWith, orders, stock } from "./lab.ts";

const EVERY_MS = 5_000;

const modules = labWith([
  inOrders.handle(orders.place, async ({ text }, { call, fail, sql }) => {
    await sql`insert into orders.lines (text) values (${text})`;
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

/** An instance as it runs in production: the test's own stores no traces. */
async function instance(parts: Partial<AppParts> & { traces: TraceOptions }): Promise<App> {
  const app = createApp({ modules, ...parts, name: shop.app.name });
  await app.start({ pool: new Pool({ connection: shop.app.pool.address }) });
  return app;
}

const onlyFailed: TraceOptions = { slowestPerMinute: 0, randomShare: 0 };
const breaks = (app: App, traceId?: string) =>
  assert.rejects(app.execute(orders.place, { text: "broken" }, traceId === undefined ? {} : { traceId }));

const forget = () => shop.adminQuery`truncate ashlar.traces restart identity`;
const stored = () => shop.adminQuery<{ name: string; reason: string; failed: boolean; error: string | null }>`
  select name, reason, failed, error from ashlar.traces order by id`;

test("a trace that is kept is a row, with all that it was", async () => {
  await forget();
  const app = await instance({ traces: onlyFailed });
  const before = Date.now();
  const traceId = "ab".repeat(16);
  await app.execute(orders.place, { text: "good" });
  await assert.rejects(app.execute(orders.place, { text: "sold out" }));
  await breaks(app, traceId);
  assert.deepEqual(await stored(), []);
  await app.stop();
  const [row, ...more] = await shop.adminQuery<{
    trace_id: string;
    span_id: string;
    started_at: Date;
    duration_ms: number;
    spans: PackedSpan[];
  }>`select * from ashlar.traces`;
  assert.deepEqual(more, []);
  const { id: _, started_at, duration_ms, spans, span_id, ...rest } = row as typeof row & { id: unknown };
  assert.deepEqual(rest, {
    trace_id: traceId,
    remote_parent: null,
    kind: "call",
    module: "orders",
    name: "orders.place",
    reason: "failed",
    failed: true,
    error: "TypeError",
    job: null,
    span_count: 4,
    statement_count: 2,
    is_partial: false,
  });
  assert.match(span_id, /^[0-9a-f]{16}$/);
  assert.ok(Math.abs(new Date(started_at).getTime() - before) < 5_000);
  const read = storedSpans(spans);
  assert.deepEqual(
    read.map(({ id, parent, kind, module, name, error, failed }) => [
      id,
      parent,
      kind,
      module,
      name,
      error,
      failed,
    ]),
    [
      [1, 0, "call", "orders", "orders.place", "TypeError", true],
      [2, 1, "statement", "orders", "insert orders.lines", null, false],
      [3, 1, "call", "stock", "stock.find", null, false],
      [4, 3, "statement", "stock", "select stock.items", null, false],
    ],
  );
  assert.ok(Math.abs(read[0]!.durationMs - duration_ms) < 0.01);
  for (const { offsetMs, durationMs } of read) {
    assert.ok(offsetMs >= 0 && offsetMs + durationMs <= duration_ms + 0.01);
  }
});

test("traces are written while the app runs, and the slowest and some others among them", async (t) => {
  await forget();
  t.mock.timers.enable({ apis: ["setInterval"] });
  const app = await instance({ traces: { slowestPerMinute: 0, randomShare: 1 } });
  await app.execute(orders.place, { text: "good" });
  t.mock.timers.tick(EVERY_MS - 1);
  assert.deepEqual(await stored(), []);
  t.mock.timers.tick(1);
  await eventually("the trace is stored", async () => (await stored()).length > 0);
  assert.deepEqual(await stored(), [{ name: "orders.place", reason: "random", failed: false, error: null }]);
  await app.stop();
  const slow = await instance({ traces: { slowestPerMinute: 1, randomShare: 0 } });
  await slow.execute(orders.place, { text: "good" });
  await slow.stop();
  assert.deepEqual((await stored()).at(-1)?.reason, "slow");
});

test("the old and those beyond the maximum are forgotten as others are added", async () => {
  await forget();
  await shop.adminQuery`
    insert into ashlar.traces (trace_id, span_id, kind, module, name, reason, started_at, duration_ms, failed,
      span_count, statement_count, is_partial, spans)
    select 't', 's', 'call', 'orders', case when n <= 3 then 'aged' else 'fresh ' || n end, 'random',
      now() - case when n <= 3 then interval '8 days' else interval '6 days' end, 1, false, 1, 0, false, '[]'
    from generate_series(1, 10) as n`;
  const aging = await instance({ traces: onlyFailed });
  await breaks(aging);
  await aging.stop();
  assert.deepEqual(
    (await stored()).map(({ name }) => name),
    [4, 5, 6, 7, 8, 9, 10].map((n) => `fresh ${n}`).concat("orders.place"),
  );
  const crowded = await instance({ traces: { ...onlyFailed, maximum: 4 } });
  await breaks(crowded);
  await crowded.stop();
  assert.deepEqual(
    (await stored()).map(({ name }) => name),
    ["fresh 9", "fresh 10", "orders.place", "orders.place"],
  );
});

test("while the database is away traces wait, which is told once, and then they are stored", async () => {
  await forget();
  const { log, told } = keepingLog();
  const app = createApp({ modules, name: shop.app.name, traces: onlyFailed });
  const { keeper, fail } = failing(app);
  const there = new Pool({ connection: shop.app.pool.address });
  const away = new Pool({ connection: { ...shop.app.pool.address, port: 1 } });
  let pool = away;
  const table = new TraceTable({ app: app.name, keeper, pool: () => pool, log });
  for (const name of ["first", "second"]) {
    fail(name);
    await table.write();
  }
  assert.equal(told(), 1);
  assert.deepEqual(await stored(), []);
  pool = there;
  await table.write();
  assert.deepEqual(
    (await stored()).map(({ name }) => name),
    ["first", "second"],
  );
  await Promise.all([there.stop(), away.stop()]);
});

test("what PostgreSQL will never store does not stand in the way of the rest", async () => {
  await forget();
  const { log, told } = keepingLog();
  const app = createApp({ modules, name: shop.app.name, traces: onlyFailed });
  const { keeper, fail } = failing(app);
  const pool = new Pool({ connection: shop.app.pool.address });
  const table = new TraceTable({ app: app.name, keeper, pool: () => pool, log });
  fail("a NUL \0");
  await table.write();
  assert.equal(told(), 1);
  fail("fit");
  await table.write();
  assert.deepEqual(
    (await stored()).map(({ name }) => name),
    ["fit"],
  );
  await pool.stop();
});

test("many traces are stored in several statements, and all of them", async () => {
  await forget();
  const app = createApp({ modules, name: shop.app.name, traces: { ...onlyFailed, failedPerMinute: 1_000 } });
  const { keeper, fail } = failing(app);
  const pool = new Pool({ connection: shop.app.pool.address });
  const table = new TraceTable({ app: app.name, keeper, pool: () => pool, log: keepingLog().log });
  for (let count = 0; count < 250; count++) fail(`${count}`);
  await table.write();
  assert.equal((await stored()).length, 250);
  await pool.stop();
});

/** The keeper of an app, and a way to let something fail under it without a database. */
function failing({ telemetry: { spans, traces: keeper } }: App) {
  return { keeper, fail: (name: string) => spans.end(spans.start("job", "orders", name, "t", 0), "FAILED") };
}

function keepingLog() {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  return { log, told: () => lines.filter((line) => line.includes("Traces cannot be stored")).length };
}

test("options that make no sense are refused when the app is composed", () => {
  for (const traces of [{ days: 0 }, { maximum: 1.5 }, { randomShare: -1 }]) {
    assert.throws(() => createApp({ modules, name: "lab", traces }), RangeError);
  }
});

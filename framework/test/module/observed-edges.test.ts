import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { type Logger, pino } from "pino";
import { type App, type AppParts, createApp } from "../../src/module/index.ts";
import { ObservedEdges } from "../../src/module/observed-edges.ts";
import { Pool } from "../../src/postgres/index.ts";
import { eventually, type TestApp, testApp } from "../../src/testing/index.ts";
import { LOGIN_PASSWORD } from "../../src/testing/test-database.ts";
import { inOrders, inStock, labWith, ledger, orders, stock } from "./lab.ts";
import { inArchive, inPress, press, pressWith } from "./press.ts";

const MINUTE_MS = 60_000;

const orderingModules = labWith([
  inOrders.handle(orders.place, async ({ text }, { call, db, sql }) => {
    await call(stock).reserve({ sku: text, quantity: 1 });
    await call(stock).find({ sku: text });
    await call(stock).find({ sku: text });
    await sql`select sku from stock.listing where sku = ${text}`;
    await sql`select text from orders.lines`;
    await db.insertInto("lines").values({ text }).execute();
    return { id: text };
  }),
  inOrders.handle(orders.list, async (_, { sql }) => {
    await sql`select l.quantity from "stock" . "listing" as l`;
    await sql`select 1 as listing, 'restock.listing' as other`;
    return { lines: [] };
  }),
  inStock.handle(stock.reserve, async () => ({ left: 1 })),
  inStock.handle(stock.find, async () => ({ quantity: 1 })),
]);
const shop = await testApp({ modules: orderingModules });

/** An instance as it runs in production, beside the test's own: nobody watches it from inside its process. */
async function instance(of: TestApp, parts: Pick<AppParts, "modules" | "adapters" | "log">): Promise<App> {
  const app = createApp({ ...parts, name: of.app.name });
  await app.start({ pool: new Pool({ connection: of.app.pool.address }) });
  return app;
}

const noted = ({ adminQuery }: TestApp) => adminQuery<{
  kind: string;
  from_id: string;
  to_id: string;
  calls: number;
}>`
  select kind, from_id, to_id, calls from ashlar.observed_edges order by 1, 2, 3`;

/** Calls of `orders.place` and what comes with them. */
const placed = (times: number) => [
  { kind: "call", from_id: "orders.place", to_id: "stock.find", calls: 2 * times },
  { kind: "call", from_id: "orders.place", to_id: "stock.reserve", calls: times },
  { kind: "read", from_id: "orders.place", to_id: "stock.listing", calls: times },
];

function keepingLog(): { log: Logger; lines: { level: number; msg: string }[] } {
  const lines: { level: number; msg: string }[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { log: pino(stream), lines };
}

const forget = () => shop.adminQuery`delete from ashlar.observed_edges`;

test("what an instance counted is noted when it stops, and instances add up", async () => {
  await forget();
  const [one, two] = await Promise.all([
    instance(shop, { modules: orderingModules }),
    instance(shop, { modules: orderingModules }),
  ]);
  for (const app of [one, one, two]) await app.execute(orders.place, { text: "bolt" });
  await one.stop();
  assert.deepEqual(await noted(shop), placed(2));
  await two.stop();
  assert.deepEqual(await noted(shop), placed(3));
});

test("a view counts under every way to write its name, and nothing that only looks like it", async () => {
  await forget();
  const app = await instance(shop, { modules: orderingModules });
  await app.execute(orders.list, {});
  await app.execute(orders.list, {});
  await app.stop();
  assert.deepEqual(await noted(shop), [
    { kind: "read", from_id: "orders.list", to_id: "stock.listing", calls: 2 },
  ]);
});

test("it is noted once a minute, and only what is new", async (t) => {
  await forget();
  t.mock.timers.enable({ apis: ["setInterval"] });
  const app = await instance(shop, { modules: orderingModules });
  await app.execute(orders.place, { text: "bolt" });
  t.mock.timers.tick(MINUTE_MS - 1);
  assert.deepEqual(await noted(shop), []);
  t.mock.timers.tick(1);
  await eventually("the edges are noted", async () => (await noted(shop)).length > 0);
  t.mock.timers.tick(MINUTE_MS);
  await app.execute(orders.place, { text: "bolt" });
  await app.stop();
  assert.deepEqual(await noted(shop), placed(2));
});

test("what was not seen for 30 days is forgotten, unless it is seen again", async () => {
  await forget();
  await shop.adminQuery`
    insert into ashlar.observed_edges (kind, from_id, to_id, calls, first_at, last_at)
    select 'call', 'orders.place', id, 5, now() - interval '90 days', now() - age
    from (values ('stock.find', interval '31 days'), ('stock.gone', interval '31 days'),
      ('stock.rare', interval '29 days')) as old (id, age)`;
  const app = await instance(shop, { modules: orderingModules });
  await app.execute(orders.place, { text: "bolt" });
  await app.stop();
  const rows = await shop.adminQuery`
    select to_id, calls, first_at < now() - interval '80 days' as is_old, last_at > now() - interval '1 day' as is_fresh
    from ashlar.observed_edges where kind = 'call' order by 1`;
  assert.deepEqual(rows, [
    { to_id: "stock.find", calls: 7, is_old: true, is_fresh: true },
    { to_id: "stock.rare", calls: 5, is_old: true, is_fresh: false },
    { to_id: "stock.reserve", calls: 1, is_old: false, is_fresh: true },
  ]);
});

test("what cannot be noted fails nothing, is told once, and is noted later", async (t) => {
  await forget();
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { log, lines } = keepingLog();
  const app = await instance(shop, { modules: orderingModules, log });
  await shop.adminQuery`alter table ashlar.observed_edges rename to hidden`;
  for (let minute = 0; minute < 2; minute++) {
    await app.execute(orders.place, { text: "bolt" });
    t.mock.timers.tick(MINUTE_MS);
    await eventually("the log is told", async () => lines.length > 0);
  }
  await app.execute(orders.place, { text: "bolt" });
  await shop.adminQuery`alter table ashlar.hidden rename to observed_edges`;
  await app.stop();
  assert.deepEqual(await noted(shop), placed(3));
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [[40, "What was observed between the modules cannot be noted; it is kept and tried again"]],
  );
});

test("a call counts for the operation that made it, also when others make the same one in turn", async () => {
  await forget();
  const modules = labWith([
    inOrders.handle(orders.place, async (_, { call }) => {
      await call(stock).find({ sku: "bolt" });
      return { id: "1" };
    }),
    inOrders.handle(orders.list, async (_, { call }) => {
      await call(stock).find({ sku: "bolt" });
      return { lines: [] };
    }),
    inStock.handle(stock.find, async () => ({ quantity: 1 })),
  ]);
  const app = await instance(shop, { modules });
  for (let turn = 0; turn < 3; turn++) {
    await app.execute(orders.place, { text: "" });
    await app.execute(orders.list, {});
  }
  await app.execute(orders.list, {});
  await app.stop();
  assert.deepEqual(await noted(shop), [
    { kind: "call", from_id: "orders.list", to_id: "stock.find", calls: 4 },
    { kind: "call", from_id: "orders.place", to_id: "stock.find", calls: 3 },
  ]);
});

test("a subscriber counts with the event that it was given, and not when it had it before", async () => {
  const adapters = { press: { printer: { print: async () => {} } } };
  const modules = pressWith({
    handlers: [
      inPress.handle(press.write, async ({ title }, { publish }) => {
        await publish(press.written, { title, words: 1 });
        return {};
      }),
    ],
    on: [inArchive.on(press.written, { name: "keepCopy" }, async () => {})],
  });
  const printing = await testApp({ modules, adapters });
  const app = await instance(printing, { modules, adapters });
  await app.execute(press.write, { title: "a" });
  await app.drainJobs();
  await printing.adminQuery`
    insert into archive._jobs (id, seq, queue, kind, payload, max_attempts)
    select n, n, queue, kind, payload, 20
    from (select nextval('archive._job_ids') as n, * from archive._finished_jobs limit 1) as first`;
  await app.drainJobs();
  await app.stop();
  assert.deepEqual(await noted(printing), [
    { kind: "delivery", from_id: "archive.on.keepCopy", to_id: "press.written", calls: 1 },
  ]);
});

test("a test's app notes nothing in its database", async () => {
  const quiet = await testApp({ modules: orderingModules });
  await quiet.app.execute(orders.place, { text: "bolt" });
  await quiet.app.stop();
  assert.deepEqual(await noted(quiet), []);
});

test("a database of a release that noted nothing yet gets the table at the next start", async () => {
  const old = await testApp({ modules: orderingModules });
  await old.adminQuery`drop table ashlar.observed_edges`;
  await old.adminQuery`delete from ashlar._migrations where name = 'observed_edges'`;
  const app = createApp({ modules: orderingModules, name: old.app.name });
  const { migrated } = await app.start({ adminUrl: old.databaseUrl, loginPassword: LOGIN_PASSWORD });
  await app.execute(orders.place, { text: "bolt" });
  await app.stop();
  assert.deepEqual(await noted(old), placed(1));
  assert.equal(migrated.length, 1);
});

test("what was taken and put back is counted with what came meanwhile", () => {
  const edges = new ObservedEdges();
  const counter = edges.counter("call", "a.one", ledger.count.id);
  counter.count = 3;
  edges.counter("delivery", "a.on.two", "b.done");
  const taken = edges.take();
  assert.deepEqual(taken, [{ kind: "call", from: "a.one", to: "ledger.count", count: 3 }]);
  assert.deepEqual(edges.take(), []);
  counter.count++;
  edges.putBack(taken);
  assert.equal(edges.take()[0]!.count, 4);
  assert.equal(edges.counter("call", "a.one", ledger.count.id), counter);
});

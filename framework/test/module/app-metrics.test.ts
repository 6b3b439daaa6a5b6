import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../../src/module/index.ts";
import { Pool, rolesOf } from "../../src/postgres/index.ts";
import { CATALOGUE } from "../../src/telemetry/index.ts";
import { type TestApp, testApp } from "../../src/testing/index.ts";
import { Scraped } from "../telemetry/metrics/scraped.ts";
import { bind, inArchive, inPress, press, pressWith, print } from "./press.ts";

const adapters = { press: { printer: { print: async () => {} } } };
const publishes = inPress.handle(press.write, async ({ title }, { publish, sql }) => {
  await sql`insert into press.articles (title) values (${title})`;
  await publish(press.written, { title, words: 1 }, { key: title });
  return {};
});
const keepsCopy = inArchive.on(press.written, { name: "keepCopy" }, async () => {});
const modules = pressWith({ handlers: [publishes], on: [keepsCopy] });

const start = (): Promise<TestApp> => testApp({ modules, adapters });
const scrape = async ({ app }: Pick<TestApp, "app">) => new Scraped(await app.telemetry.metrics.scrape());

test("what an app does is in its metrics: operations, statements, deliveries, jobs", async () => {
  const shop = await start();
  await shop.app.execute(press.write, { title: "told" });
  await shop.app.enqueue(print, { title: "told" });
  await shop.jobs.runDue();
  const read = await scrape(shop);
  const count = (metric: string, labels: Record<string, string>) => read.value(`${metric}_count`, labels);
  assert.equal(count("ashlar_operation_duration_seconds", { operation: "press.write", module: "press" }), 1);
  assert.ok(count("ashlar_statement_duration_seconds", { module: "press" })! >= 1);
  assert.equal(count("ashlar_job_duration_seconds", { module: "press", job: "press.print" }), 1);
  assert.equal(read.series("ashlar_delivery_duration_seconds_count", { module: "archive" })[0]?.value, 1);
});

test("queues and events are read from the database, the empty ones as zero", async () => {
  const shop = await start();
  await shop.app.enqueue(print, { title: "a" });
  await shop.app.enqueue(print, { title: "b" });
  await shop.app.execute(press.write, { title: "told" });
  await shop.adminQuery`update press._jobs set enqueued_at = now() - interval '5 minutes' where id = (select min(id) from press._jobs)`;
  await shop.adminQuery`update press._outbox set published_at = now() - interval '2 minutes'`;
  await shop.adminQuery`
    insert into archive._dead_jobs (id, seq, queue, kind, payload, max_attempts) values (1, 1, 'default', 'x', '{}', 1)`;
  const read = await scrape(shop);
  const inDefault = { module: "press", queue: "default" };
  assert.equal(read.value("ashlar_queue_ready", inDefault), 2);
  const age = read.value("ashlar_queue_ready_age_seconds", inDefault)!;
  assert.ok(age >= 300 && age < 400, `${age} s`);
  assert.equal(read.value("ashlar_queue_ready", { module: "press", queue: "slow" }), 0);
  assert.equal(read.value("ashlar_queue_dead", { module: "archive", queue: "default" }), 1);
  assert.equal(read.value("ashlar_queue_dead", inDefault), 0);
  assert.equal(read.value("ashlar_outbox_events", { module: "press" }), 1);
  const lag = read.value("ashlar_relay_lag_seconds", { module: "press" })!;
  assert.ok(lag >= 120 && lag < 200, `${lag} s`);
  assert.equal(read.value("ashlar_relay_lag_seconds", { module: "archive" }), 0);
  assert.equal(read.value("ashlar_scrape_errors_total", { source: "queues" }), 0);
  assert.equal(read.value("ashlar_scrape_errors_total", { source: "events" }), 0);
});

test("a subscriber that is behind is seen with its own lag", async () => {
  const shop = await start();
  await shop.app.execute(press.write, { title: "first" });
  await shop.jobs.runDue();
  await shop.app.execute(press.write, { title: "second" });
  await shop.adminQuery`update press._outbox set published_at = now() - interval '1 minute'`;
  const read = await scrape(shop);
  const keeper = { module: "archive", subscriber: "archive.on.keepCopy" };
  assert.equal(read.value("ashlar_delivery_duration_seconds_count", keeper), 1);
  const lag = read.value("ashlar_subscriber_lag_seconds", keeper)!;
  assert.ok(lag >= 60 && lag < 120, `${lag} s`);
});

test("the pool's connections and waits are told, a wait that ended with nothing too", async () => {
  const shop = await start();
  const { pool } = shop.app;
  const { max } = pool.stats();
  const role = rolesOf(shop.app.name, "press").app;
  const one = { text: "select 1", values: [] };
  const held = Array.from({ length: max }, () => pool.begin());
  await Promise.all(held.map((unit) => unit.execute(role, one)));
  const waits = shop.app.telemetry.metrics.histograms(CATALOGUE.poolWait).with("requests");
  const before = waits.snapshot();
  const served = pool.execute(role, one);
  await assert.rejects(pool.execute(role, one, Date.now() + 20), { code: "ASHLAR_POOL_EXHAUSTED" });
  const { count, sumMs } = waits.snapshot().since(before);
  assert.equal(count, 1);
  assert.ok(sumMs >= 15, `${sumMs} ms`);
  await held.pop()!.rollback();
  await served;
  assert.equal(waits.snapshot().since(before).count, 2);

  const last = pool.begin();
  await last.execute(role, one);
  const waiting = pool.execute(role, one);
  const full = await scrape(shop);
  const free = { pool: "requests" };
  assert.equal(full.value("ashlar_pool_connections", { ...free, state: "in_use" }), max);
  assert.equal(full.value("ashlar_pool_connections_max", free), max);
  assert.ok(full.value("ashlar_pool_waiting", free)! >= 1);
  assert.ok(full.value("ashlar_pool_wait_duration_seconds_count", free)! >= before.count + 2);
  for (const unit of [...held, last]) await unit.rollback();
  await waiting;
  assert.equal((await scrape(shop)).value("ashlar_pool_connections", { ...free, state: "in_use" }), 0);
});

test("without a database the rest is there, and the gap is counted", async (t) => {
  const app = createApp({ name: "no_database", modules, adapters });
  const connection = { host: "127.0.0.1", port: 1, database: "none", user: "none", password: "none" };
  await app.start({ pool: new Pool({ connection, connectTimeoutMs: 500, waitTimeoutMs: 200 }) });
  t.after(() => app.stop());
  const read = await scrape({ app });
  for (const metric of ["ashlar_queue_ready", "ashlar_relay_lag_seconds"]) {
    assert.deepEqual(read.series(metric), [], metric);
  }
  assert.equal(read.value("ashlar_scrape_errors_total", { source: "queues" }), 1);
  assert.equal(read.value("ashlar_scrape_errors_total", { source: "events" }), 1);
  assert.equal(read.value("ashlar_pool_connections_max", { pool: "requests" }), 10);
  assert.ok(read.value("ashlar_process_memory_bytes", { kind: "resident" })! > 0);
});

test("after its end an app reads nothing and watches nothing", async () => {
  const shop = await start();
  await shop.app.enqueue(bind, { title: "a" });
  assert.ok((await scrape(shop)).value("ashlar_pool_connections_max", { pool: "background" })! > 0);
  await shop.app.stop();
  const read = await scrape(shop);
  for (const metric of ["ashlar_pool_connections", "ashlar_queue_ready", "ashlar_process_memory_bytes"]) {
    assert.deepEqual(read.series(metric), [], metric);
  }
  assert.equal(read.value("ashlar_scrape_errors_total", { source: "queues" }), 0);
});

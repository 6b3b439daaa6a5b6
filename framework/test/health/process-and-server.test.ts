import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { clockSkew } from "../../src/health/checks/clock-skew.ts";
import { diskSpace } from "../../src/health/checks/disk-space.ts";
import { routeErrors, routeLatency } from "../../src/health/checks/routes.ts";
import { slowStatement } from "../../src/health/checks/slow-statement.ts";
import { missingIndex, tableBloat } from "../../src/health/checks/tables.ts";
import { objectives, type RouteStats } from "../../src/health/index.ts";
import { rolesOf, statement } from "../../src/postgres/index.ts";
import { APP, openWard } from "./ward.ts";

const ward = await openWard();
const GIB = 1024 ** 3;

beforeEach(() => ward.sql("truncate ashlar.firings"));

const calm: RouteStats = {
  route: "GET /v1/orders/{id}",
  module: "ordering",
  requests: 4_000,
  errors: 4,
  p99: 80,
};

test("route-errors: more failures than the objective of the route allows", async () => {
  let stats = [calm, { ...calm, route: "GET /quiet", requests: 4, errors: 2 }];
  const { looks } = ward.watch([routeErrors()], { routeStats: () => stats });
  assert.deepEqual(await looks(3), []);
  stats = [{ ...calm, errors: 400, codes: { ASHLAR_POOL_EXHAUSTED: 7, ORDERING_BROKEN: 393 } }];
  const [firing] = await looks(2);
  assert.equal(firing!.subject, "GET /v1/orders/{id}");
  assert.equal(firing!.module, "ordering");
  assert.equal(firing!.severity, "error");
  assert.deepEqual(firing!.evidence, [
    "400 of 4000 requests failed (10.0 %); its objective allows 0.50 %",
    "ORDERING_BROKEN: 393",
    "ASHLAR_POOL_EXHAUSTED: 7",
  ]);
  stats = [calm];
  assert.deepEqual(await looks(3), []);
});

test("route-errors: without counts it is blind and not quiet", async () => {
  const { monitor, looks } = ward.watch([routeErrors()]);
  await looks();
  assert.deepEqual(
    monitor.now().blind.map(({ reason }) => reason),
    ["this process counts no requests"],
  );
});

test("route-latency: slower than the objective, which a route may have of its own", async () => {
  const slow = { ...calm, p99: 1_500 };
  const report = { ...calm, route: "GET /v1/report", p99: 4_000 };
  let stats = [calm, report];
  const { looks } = ward.watch([routeLatency()], {
    routeStats: () => stats,
    objectives: objectives({ "GET /v1/report": { p99Ms: 5_000 } }),
  });
  assert.deepEqual(await looks(3), []);
  stats = [slow, report];
  const firing = await looks(2);
  assert.deepEqual(
    firing.map(({ subject, severity }) => [subject, severity]),
    [[calm.route, "warning"]],
  );
  assert.match(firing[0]!.evidence[0]!, /takes 1500 ms or longer; its objective is 1000 ms/);
  stats = [calm, report];
  assert.deepEqual(await looks(3), []);
});

test("slow-statement: one that became slow, and a new one that is, with their module", async () => {
  const role = rolesOf(APP, "ordering").app;
  await ward.sql(
    "create extension if not exists pg_stat_statements",
    "create function ordering.pause() returns float8 language sql as 'select 0::float8'",
    `grant execute on function ordering.pause() to ${role}`,
  );
  const usual = statement`select pg_sleep(ordering.pause())`;
  const { monitor, looks } = ward.watch([slowStatement({ windowMs: 10_000, everyMs: 0, newMs: 50 })]);
  for (let call = 0; call < 20; call++) await ward.pool.execute(role, usual);
  assert.deepEqual(await looks(3), []);
  assert.deepEqual(monitor.now().blind, []);
  for (let call = 0; call < 20; call++) await ward.pool.execute(role, usual);
  assert.deepEqual(await looks(), []);
  // As after a deploy whose migration took an index away: the same statement, another speed.
  await ward.sql(
    "create or replace function ordering.pause() returns float8 language sql as 'select 0.06::float8'",
  );
  for (let call = 0; call < 6; call++) {
    await ward.pool.execute(role, usual);
    await ward.pool.execute(role, statement`select pg_sleep(0.07) as new_in_this_release`);
  }
  const firing = await looks();
  assert.deepEqual(firing.map(({ title }) => title).sort(), [
    "A new statement of ordering is slow",
    "A statement of ordering has become slow",
  ]);
  const changed = firing.find(({ title }) => title.includes("become"))!;
  assert.equal(changed.module, "ordering");
  assert.match(
    changed.evidence.join("\n"),
    /takes \d+ ms on average now, \d\.\d ms before\n6 calls .*\nselect pg_sleep/,
  );
  assert.deepEqual(await looks(3), []);
});

test("slow-statement: one that has begun within the window is compared with its own beginning", async () => {
  const role = rolesOf(APP, "ordering").app;
  const pauses = (seconds: number) =>
    ward.sql(
      `create or replace function ordering.pause() returns float8 language sql as 'select ${seconds}::float8'`,
    );
  await pauses(0);
  const { looks } = ward.watch([slowStatement({ everyMs: 0, newMs: 60_000 })]);
  assert.deepEqual(await looks(), []);
  const lately = statement`select pg_sleep(ordering.pause()), true as begun_lately`;
  for (let call = 0; call < 10; call++) await ward.pool.execute(role, lately);
  assert.deepEqual(await looks(), []);
  await pauses(0.06);
  for (let call = 0; call < 6; call++) await ward.pool.execute(role, lately);
  const [firing] = await looks();
  assert.equal(firing?.title, "A statement of ordering has become slow");
});

test("slow-statement: without pg_stat_statements it is blind and says what to do", async () => {
  await ward.sql("drop extension pg_stat_statements");
  const { monitor, looks } = ward.watch([slowStatement()]);
  await looks();
  assert.match(monitor.now().blind[0]!.reason, /create extension pg_stat_statements/);
});

test("table-bloat: dead rows that vacuum does not clear", async () => {
  const { looks, advance } = ward.watch([tableBloat()]);
  assert.deepEqual(await looks(2), []);
  await ward.sql(
    "create table ordering.carts (id int, note text) with (autovacuum_enabled = false)",
    "insert into ordering.carts select n, 'a' from generate_series(1, 20000) n",
    "update ordering.carts set note = 'b'",
    "select pg_stat_force_next_flush()",
  );
  const firing = await (async () => {
    for (let round = 0; round < 2; round++) {
      advance(60_000);
      await looks();
    }
    return await looks();
  })();
  assert.deepEqual(
    firing.map(({ subject, module }) => [subject, module]),
    [["ordering.carts", "ordering"]],
  );
  assert.match(
    firing[0]!.evidence.join("\n"),
    /^20000 dead rows beside 20000 live ones.*\nit was never vacuumed/,
  );
  await ward.sql(firing[0]!.actions[0]!.sql!);
  for (let round = 0; round < 3; round++) {
    advance(60_000);
    await looks();
  }
  assert.deepEqual(await looks(), []);
  await ward.sql("drop table ordering.carts");
});

test("missing-index: a large table that is read whole again and again", async () => {
  await ward.sql(
    "create table ordering.lines (id int primary key, customer int)",
    "insert into ordering.lines select n, n % 1000 from generate_series(1, 20000) n",
    "analyze ordering.lines",
  );
  const { looks, advance } = ward.watch([missingIndex({ rowsPerSecond: 1_000 })]);
  const ask = async () => {
    for (let time = 0; time < 40; time++)
      await ward.sql("select count(*) from ordering.lines where customer = 5");
    await ward.sql("select pg_stat_force_next_flush()");
    advance(20_000);
  };
  await looks();
  assert.deepEqual(await looks(3), []);
  await ask();
  await looks();
  await ask();
  const firing = await looks();
  assert.deepEqual(
    firing.map(({ subject, module }) => [subject, module]),
    [["ordering.lines", "ordering"]],
  );
  assert.match(firing[0]!.evidence[0]!, /^40 scans of all its 20000 rows within 30 s, 26667 rows a second/);
  await ward.sql("create index on ordering.lines (customer)", "analyze ordering.lines");
  for (let round = 0; round < 3; round++) {
    await ask();
    await looks();
  }
  assert.deepEqual(await looks(), []);
});

test("disk-space: a disk that is nearly full, and one that will be soon", async () => {
  let free = 50 * GIB;
  const { monitor, looks, advance } = ward.watch([
    diskSpace({ space: async () => ({ free, size: 100 * GIB }) }),
  ]);
  const look = async () => {
    advance(30_000);
    return await looks();
  };
  assert.deepEqual(await look(), []);
  assert.deepEqual(monitor.now().blind, []);
  free = 9 * GIB;
  const [low] = await look();
  assert.equal(low!.severity, "warning");
  assert.equal(low!.title, "The disk of the database is nearly full");
  assert.match(low!.evidence[0]!, /^9\.0 GiB of 100\.0 GiB are free where .*data/);
  free = 2 * GIB;
  assert.equal((await look())[0]!.severity, "error");
  free = 50 * GIB;
  await look();
  assert.deepEqual(await look(), []);
  for (let round = 0; round < 20; round++) {
    free -= 0.1 * GIB;
    await look();
  }
  const [soon] = await look();
  assert.equal(soon!.title, "The disk of the database fills up fast");
  assert.match(soon!.evidence[1]!, /it is full in [1-9]\d* (minutes|hours)/);
});

test("disk-space: measures the disk of the server on this machine", async () => {
  const { monitor, looks } = ward.watch([diskSpace({ warningShare: 1.1 })]);
  const [firing] = await looks();
  assert.deepEqual(monitor.now().blind, []);
  assert.match(firing!.evidence[0]!, /GiB are free/);
});

test("clock-skew: a machine whose clock goes wrong", async () => {
  let skew = 0;
  const { looks } = ward.watch([clockSkew()], { now: () => Date.now() + skew });
  await looks();
  assert.deepEqual(await looks(), []);
  skew = 120_000;
  await looks();
  skew = 240_000;
  const [firing] = await looks();
  assert.equal(firing!.severity, "error");
  assert.match(firing!.evidence[0]!, /^the database is 2[34]\d{4} ms behind this machine/);
});

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { blocking } from "../../src/health/checks/blocking.ts";
import { poolHolder, poolSaturated } from "../../src/health/checks/pool-saturated.ts";
import { transactionHeld } from "../../src/health/checks/transaction-held.ts";
import type { WatchedPool } from "../../src/health/index.ts";
import { rolesOf, statement, type Transaction } from "../../src/postgres/index.ts";
import { eventually } from "../../src/testing/index.ts";
import { APP, openWard } from "./ward.ts";

const ward = await openWard();
const ORDERING = rolesOf(APP, "ordering").app;
const BILLING = rolesOf(APP, "billing").reader;

// What fired in one test is not to be gone on with in the next one.
beforeEach(() => ward.sql("truncate ashlar.firings"));

async function placed(): Promise<number> {
  const [row] = await ward.sql(
    "insert into ordering.orders (customer) values (7) returning id::integer as id",
  );
  return row!.id as number;
}

/** Holds the row of an order, under the role that the module's statements run under. */
async function hold(id: number): Promise<Transaction> {
  const transaction = ward.pool.begin();
  await transaction.execute(ORDERING, statement`update ordering.orders set state = 'held' where id = ${id}`);
  return transaction;
}

test("transaction-held: an idle transaction of the pool is laid to the module that it works for", async () => {
  const id = await placed();
  const { looks } = ward.watch([transactionHeld({ idleMs: 20 })]);
  assert.deepEqual(await looks(3), []);
  const transaction = await hold(id);
  await eventually("it is idle for long enough", async () => (await looks(2)).length > 0);
  const [firing] = await looks();
  assert.equal(firing!.module, "ordering");
  assert.equal(firing!.title, "Module ordering keeps a transaction open and does nothing");
  assert.match(
    firing!.evidence.join("\n"),
    /healthtests \(ashlar\).*idle for .*\ntouched tables of ordering\nlast: update ordering\.orders set state = \?/,
  );
  assert.match(firing!.actions[0]!.sql!, /^select pg_terminate_backend\(\d+\);$/);
  await transaction.rollback();
  assert.deepEqual(await looks(3), []);
});

test("transaction-held: one that has touched no table is not laid to anybody", async () => {
  const { looks } = ward.watch([transactionHeld({ idleMs: 20 })]);
  const session = await ward.session();
  await session.query("begin; select 'not-to-be-told', $tag$not-to-be-told$tag$");
  await eventually("it is idle for long enough", async () => (await looks(2)).length > 0);
  const [firing] = await looks();
  assert.equal(firing!.module, null);
  assert.match(firing!.evidence.join(), /of which module cannot be told/);
  assert.doesNotMatch(JSON.stringify(firing), /not-to-be-told/);
  await session.end();
});

test("transaction-held: the app's own login sees as much of the app's sessions as an administrator", async () => {
  const { looks } = ward.watch([transactionHeld({ idleMs: 20 })], {}, ward.loginUrl);
  const transaction = await hold(await placed());
  await eventually("it is idle for long enough", async () => (await looks(2)).length > 0);
  const [firing] = await looks();
  assert.equal(firing!.module, "ordering");
  await transaction.rollback();
});

test("blocking: who holds the lock at the root, who waits, and how deep", async () => {
  const [one, two] = [await placed(), await placed()];
  const { looks } = ward.watch([blocking()]);
  const root = await hold(one);
  const middle = await ward.session();
  await middle.query(`begin; set local role ${ORDERING}`);
  await middle.query("update ordering.orders set state = 'mine' where id = $1", [two]);
  const waits = middle.query("update ordering.orders set state = 'mine' where id = $1", [one]);
  const last = await ward.session();
  await last.query(`begin; set local role ${ORDERING}`);
  const waitsToo = last.query("update ordering.orders set state = 'also mine' where id = $1", [two]);
  await eventually("both have waited for long enough", async () => {
    const [firing] = await looks(2);
    return firing !== undefined && /2 others wait/.test(firing.title);
  });
  const firing = await looks();
  assert.equal(firing.length, 1);
  assert.equal(firing[0]!.module, "ordering");
  assert.equal(firing[0]!.title, "Module ordering holds a lock that 2 others wait for");
  assert.match(
    firing[0]!.evidence.join("\n"),
    /idle in transaction.*\nits last statement: update.*\nthe longest waits for .* s; 2 levels deep\nprocess \d+ of ordering waits .*\n {2}process \d+ of ordering waits/,
  );
  await root.rollback();
  await waits;
  await middle.query("rollback");
  await waitsToo;
  await last.query("rollback");
  assert.deepEqual(await looks(3), []);
});

test("pool-saturated and pool-holder: callers wait, and the module that holds the connections is named", async () => {
  const watched: WatchedPool = {
    name: "requests",
    stats: () => ward.pool.stats(),
    ping: (deadline) => ward.pool.ping(deadline),
  };
  const { looks } = ward.watch([poolSaturated(), poolHolder()], { pools: [watched] });
  const free = await hold(await placed());
  await free.rollback();
  assert.deepEqual(await looks(3), []);
  const held: Transaction[] = [];
  for (let order = 0; order < 4; order++) held.push(await hold(await placed()));
  const waiting = ward.pool.execute(BILLING, statement`select 1`);
  // A transaction is not held before it has been open for a while.
  await eventually("both fire", async () => (await looks()).length === 2);
  const firing = await looks();
  const saturated = firing.find(({ check }) => check === "pool-saturated")!;
  assert.equal(saturated.severity, "error");
  assert.deepEqual(saturated.evidence, [
    "1 wait, 4 of 4 connections are in use",
    "whoever asks now gets none within 1000 ms",
  ]);
  const holder = firing.find(({ check }) => check === "pool-holder")!;
  assert.equal(holder.module, "ordering");
  assert.match(holder.evidence[0]!, /^4 of 4 busy connections work for ordering/);
  for (const transaction of held) await transaction.rollback();
  await waiting;
  assert.deepEqual(await looks(3), []);
});

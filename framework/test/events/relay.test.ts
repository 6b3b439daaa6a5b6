import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { publishStatement, relayTask, type Subscription } from "../../src/events/index.ts";
import { relayText } from "../../src/events/relay.ts";
import { rolesOf } from "../../src/postgres/index.ts";
import { deliveryFaults } from "./delivery-faults.ts";
import { APP, consume, deliveries, eventDatabase, publish, subscription, WORKER } from "./event-database.ts";

const database = await eventDatabase();
const { adminQuery } = database;
const pool = database.newPool();
const BILLING = rolesOf(APP, "billing").app;

const markPaid = subscription({ name: "markPaid" });
const mail = subscription({ name: "mail", queue: "mails", priority: 5, maxAttempts: 3, inOrder: false });
const greet = subscription({ name: "greet", subscriber: "user" });
const refund = subscription({ name: "refund", subscriber: "user", event: "billing.paymentRefunded" });

beforeEach(async () => {
  await adminQuery`truncate billing._outbox, billing._events, ordering._jobs, "user"._jobs`;
});

function relay(subscriptions: readonly Subscription[], batch?: number, through = pool) {
  const topics: string[] = [];
  const task = relayTask({
    app: APP,
    pool: through,
    publisher: "billing",
    subscriptions,
    wake: { ring: (rung) => void topics.push(...rung) },
    ...(batch === undefined ? {} : { batch }),
  });
  return { task, topics, due: () => isDue(task.due!) };
}

/** A pass for one subscriber, to be executed in a transaction of the test's. */
function pass() {
  return { text: relayText("billing", [markPaid], 1_000), values: [] };
}

async function isDue(due: string): Promise<boolean> {
  const { rows } = await pool.execute<{ due: boolean }>(WORKER, { text: `select ${due} as due`, values: [] });
  return rows[0]!.due;
}

async function runAll(task: { run(): Promise<boolean> }): Promise<number> {
  let passes = 0;
  while (await task.run()) passes++;
  return passes;
}

test("an event reaches every subscriber as a job of its own and stays for replay", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const { task, topics } = relay([markPaid, mail, greet, refund]);
  await publish(pool, { key: "o-1", n: 7, traceId });
  assert.equal(await runAll(task), 1);

  const rows =
    await adminQuery`select kind, queue, priority, max_attempts, order_key, limit_key, payload, run_at,
    worker, attempt, unique_key, id = seq as "isNew", replace(trace_id::text, '-', '') as trace from ordering._jobs order by kind`;
  const [kept] = await adminQuery<{ id: number; published_at: Date }>`select * from billing._events`;
  const payload = (row: Record<string, unknown>) => {
    const { publishedAt, ...rest } = row.payload as { publishedAt: string };
    assert.equal(new Date(publishedAt).getTime(), kept!.published_at.getTime());
    return rest;
  };
  const common = {
    limit_key: null,
    run_at: null,
    worker: null,
    attempt: 0,
    unique_key: null,
    isNew: true,
    trace: traceId,
  };
  const envelope = {
    event: "billing.paymentCaptured",
    publisher: "billing",
    id: kept!.id,
    version: 1,
    key: "o-1",
    payload: { n: 7 },
    replay: 0,
  };
  assert.deepEqual(
    rows.map((row) => ({ ...row, payload: payload(row as Record<string, unknown>) })),
    [
      {
        kind: "on.mail",
        queue: "mails",
        priority: 5,
        max_attempts: 3,
        order_key: null,
        payload: envelope,
        ...common,
      },
      {
        kind: "on.markPaid",
        queue: "default",
        priority: 0,
        max_attempts: 20,
        order_key: "on.markPaid:o-1",
        payload: envelope,
        ...common,
      },
    ],
  );
  assert.deepEqual(
    (await deliveries(database, "user")).map(({ kind }) => kind),
    ["on.greet"],
  );
  assert.deepEqual(topics.toSorted(), ["jobs:ordering:default", "jobs:ordering:mails", "jobs:user:default"]);
  assert.deepEqual(await adminQuery`select id from billing._outbox`, []);
});

test("an event that nobody subscribes to leaves the outbox and can be replayed later", async () => {
  const { task, topics, due } = relay([markPaid]);
  await publish(pool, { event: "billing.invoiceIssued", n: 1 });
  assert.equal(await due(), true);
  await runAll(task);
  assert.equal(await due(), false);
  assert.deepEqual(await adminQuery`select event from billing._events`, [{ event: "billing.invoiceIssued" }]);
  assert.deepEqual(await deliveries(database, "ordering"), []);
  assert.deepEqual(topics, []);
});

test("a module without any subscriber still empties its outbox", async () => {
  await publish(pool, { n: 1 });
  await runAll(relay([]).task);
  assert.equal((await adminQuery`select from billing._events`).length, 1);
});

test("a publisher that is rolled back leaves nothing", async () => {
  const transaction = pool.begin();
  await publish(transaction, { key: "o-1", n: 1 });
  await transaction.rollback();
  const { task, due } = relay([markPaid]);
  assert.equal(await due(), false);
  assert.equal(await task.run(), false);
  assert.deepEqual(await adminQuery`select from billing._events`, []);
});

test("only the publisher's own role publishes into its outbox", async () => {
  const { text, values } = publishStatement({
    module: "billing",
    event: "billing.paymentCaptured",
    version: 1,
    payload: {},
    key: null,
    traceId: null,
  });
  await assert.rejects(pool.execute(rolesOf(APP, "ordering").app, { text, values }), { code: "ASHLAR_WALL" });
});

test("thousands of events are numbered in their order, for each subscriber, across passes", async () => {
  const events = Array.from({ length: 4_321 }, (_, n) => ({
    event: n % 3 === 0 ? "billing.paymentRefunded" : "billing.paymentCaptured",
    version: 1,
    payload: { n },
    key: `o-${n % 7}`,
    traceId: null,
  }));
  const transaction = pool.begin();
  await Promise.all(
    events.map((event) => transaction.execute(BILLING, publishStatement({ module: "billing", ...event }))),
  );
  await transaction.commit();
  // Rows lie in the heap in another order than that of their ids.
  await adminQuery`update billing._outbox set version = 1 where id % 2 = 0`;
  const all = [
    markPaid,
    mail,
    subscription({ name: "undo", event: "billing.paymentRefunded" }),
    greet,
    refund,
  ];
  assert.equal(await runAll(relay(all, 1_000).task), 5);

  for (const module of ["ordering", "user"] as const) {
    const rows = await deliveries(database, module);
    const kinds = Map.groupBy(rows, ({ kind }) => kind);
    for (const [kind, ofKind] of kinds) {
      const wanted =
        kind === "on.undo" || kind === "on.refund" ? "billing.paymentRefunded" : "billing.paymentCaptured";
      assert.deepEqual(
        ofKind.map(({ payload }) => payload.payload.n),
        events.filter(({ event }) => event === wanted).map(({ payload }) => payload.n),
        kind,
      );
    }
    assert.equal(kinds.size, module === "ordering" ? 3 : 2);
  }
});

test("a key too long for an index keeps its order and does not stop the relay", async () => {
  const long = "ß".repeat(5_000);
  await publish(pool, { key: `${long}1`, n: 1 });
  await publish(pool, { key: `${long}2`, n: 2 });
  await publish(pool, { key: `${long}1`, n: 3 });
  await runAll(relay([markPaid]).task);
  const [first, second, third] = await deliveries(database, "ordering");
  assert.equal(first!.orderKey, third!.orderKey);
  assert.notEqual(first!.orderKey, second!.orderKey);
  assert.equal(first!.payload.key, `${long}1`);
});

test("while one relay has its turn, another one does nothing and does not wait", async () => {
  await publish(pool, { key: "o-1", n: 1 });
  const transaction = pool.begin();
  const { rows } = await transaction.execute<{ hadTurn: boolean }>(WORKER, pass());
  assert.equal(rows[0]!.hadTurn, true);
  await publish(pool, { key: "o-1", n: 2 });
  const { task } = relay([markPaid]);
  assert.equal(await task.run(), false);
  await transaction.commit();
  assert.equal(await runAll(task), 1);
  assert.deepEqual(
    (await deliveries(database, "ordering")).map(({ payload }) => payload.payload.n),
    [1, 2],
  );
});

test("a relay that took turns by locking events instead would be found out", async () => {
  const planted = pass()
    .text.replace("is not null for update skip locked", "is not null")
    .replace("order by id limit 1000))", "order by id limit 1000 for update skip locked))");
  await publish(pool, { key: "o-1", n: 1 });
  const transaction = pool.begin();
  await transaction.execute(WORKER, { text: planted, values: [] });
  await publish(pool, { key: "o-1", n: 2 });
  await pool.execute(WORKER, { text: planted, values: [] });
  const delivered = await consume(pool);
  await transaction.commit();
  delivered.push(...(await consume(pool)));
  const faults = deliveryFaults({
    published: new Map([["o-1", [1, 2]]]),
    delivered: delivered.map(({ payload }) => ({ key: payload.key, n: payload.payload.n })),
  });
  assert.deepEqual(faults, ["o-1/1 was overtaken by 2"]);
});

test("a relay that copied before it deleted would be found out", async () => {
  const planted = pass().text.replace(
    /delete from "billing"._outbox\s+where ([\s\S]+?)returning (.+)/,
    'select $2 from "billing"._outbox where $1',
  );
  await publish(pool, { key: "o-1", n: 1 });
  for (let pass = 0; pass < 2; pass++) await pool.execute(WORKER, { text: planted, values: [] });
  const delivered = await consume(pool);
  const faults = deliveryFaults({
    published: new Map([["o-1", [1]]]),
    delivered: delivered.map(({ payload }) => ({ key: payload.key, n: payload.payload.n })),
  });
  assert.deepEqual(faults, ["o-1: 1 doubled"]);
});

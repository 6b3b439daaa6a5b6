import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { COUNTED_AT_MOST, eventLag, relayTask, syncSubscriptions } from "../../src/events/index.ts";
import type { Pool } from "../../src/postgres/index.ts";
import { APP, eventDatabase, publish, subscription } from "./event-database.ts";

const database = await eventDatabase();
const { adminQuery } = database;
const pool = database.newPool();
const markPaid = subscription({ name: "markPaid" });
const greet = subscription({ name: "greet", subscriber: "user" });
const modules = ["billing", "ordering", "user"];

await syncSubscriptions({ app: APP, pool, module: "ordering", subscriptions: [markPaid] });
await syncSubscriptions({ app: APP, pool, module: "user", subscriptions: [greet] });

beforeEach(async () => {
  await adminQuery`truncate billing._outbox, billing._events, ordering._jobs, ordering._dead_jobs, "user"._jobs`;
});

async function lag() {
  const { outboxes, subscribers } = await eventLag({ app: APP, pool, modules });
  return {
    billing: outboxes.find(({ publisher }) => publisher === "billing")!,
    markPaid: subscribers.find(({ name }) => name === "markPaid")!,
    greet: subscribers.find(({ name }) => name === "greet")!,
  };
}

async function relayAll(): Promise<void> {
  const relay = relayTask({
    app: APP,
    pool,
    publisher: "billing",
    subscriptions: [markPaid, greet],
    wake: { ring() {} },
  });
  while (await relay.run());
}

test("where nothing is under way there is no lag", async () => {
  const { billing, markPaid: paid } = await lag();
  assert.deepEqual(billing, { publisher: "billing", depth: 0, oldestMs: null });
  const { seenAt, ...rest } = paid;
  assert.ok(Date.now() - seenAt.getTime() < 3_600_000);
  assert.deepEqual(rest, {
    subscriber: "ordering",
    name: "markPaid",
    publisher: "billing",
    event: "billing.paymentCaptured",
    queue: "default",
    inOrder: true,
    unrelayedMs: null,
    pending: 0,
    oldestPendingMs: null,
    retrying: 0,
    dead: 0,
    latestDead: null,
  });
});

test("what is still in the outbox counts as unrelayed, with the age of the oldest", async () => {
  for (const n of [1, 2, 3]) await publish(pool, { n });
  await adminQuery`update billing._outbox set published_at = now() - interval '1 hour' where payload = '{"n": 1}'`;
  const { billing, markPaid: paid } = await lag();
  assert.equal(billing.depth, 3);
  assert.equal(Math.floor(billing.oldestMs! / 3_600_000), 1);
  assert.equal(paid.unrelayedMs, billing.oldestMs);
  assert.equal(paid.pending, 0);
});

test("each subscriber has its own pending, retrying and dead deliveries", async () => {
  for (const n of [1, 2, 3, 4, 5]) await publish(pool, { key: `o-${n}`, n });
  await relayAll();
  await adminQuery`update ordering._jobs set enqueued_at = now() - interval '2 hours' where payload #>> '{payload,n}' = '2'`;
  await adminQuery`update ordering._jobs set attempt = 3, run_at = now() + interval '1 hour' where payload #>> '{payload,n}' = '3'`;
  await adminQuery`update ordering._jobs set attempt = 1, worker = 1 where payload #>> '{payload,n}' = '4'`;
  await adminQuery`insert into ordering._dead_jobs select * from ordering._jobs where payload #>> '{payload,n}' = '5'`;
  await adminQuery`delete from ordering._jobs where payload #>> '{payload,n}' = '5'`;
  // No delivery, however much its kind looks like one.
  await adminQuery`insert into ordering._jobs (id, seq, queue, kind, payload, max_attempts) values (-1, -1, 'default', 'onmarkPaid', '{}', 1)`;
  const { billing, markPaid: paid, greet: greeted } = await lag();
  assert.equal(billing.depth, 0);
  assert.deepEqual([paid.pending, paid.retrying, paid.dead, paid.unrelayedMs], [4, 1, 1, null]);
  assert.equal(Math.floor(paid.oldestPendingMs! / 3_600_000), 2);
  assert.deepEqual([greeted.pending, greeted.retrying, greeted.dead], [5, 0, 0]);
});

test("counting stops at a bound", async () => {
  await adminQuery`insert into ordering._jobs (id, seq, queue, kind, payload, max_attempts)
    select n, n, 'default', 'on.markPaid', '{}', 1 from generate_series(1, ${COUNTED_AT_MOST + 5}) n`;
  await adminQuery`insert into billing._outbox (event, version, payload)
    select 'billing.paymentCaptured', 1, '{}' from generate_series(1, ${COUNTED_AT_MOST + 5})`;
  const { billing, markPaid: paid } = await lag();
  assert.deepEqual([billing.depth, paid.pending], [COUNTED_AT_MOST, COUNTED_AT_MOST]);
});

test("what others have pending is not read through in search of a subscriber's own", async () => {
  await adminQuery`insert into ordering._jobs (id, seq, queue, kind, payload, max_attempts)
    select n, n, 'default', case when n > 14000 then 'on.markPaid' else 'tidyUp' end, '{}', 20
    from generate_series(1, 20000) n`;
  await adminQuery`analyze ordering._jobs`;
  const plans: string[] = [];
  const explaining: Pick<Pool, "execute"> = {
    execute: async (role, statement) => {
      // As an administrator, since no pool explains; the only value is the bound.
      const text = `explain (analyze, format json) ${statement.text.replaceAll("$1", "100")}`;
      plans.push(JSON.stringify(await adminQuery(Object.assign([text], { raw: [text] }))));
      return await pool.execute(role, statement);
    },
  };
  const { subscribers } = await eventLag({ app: APP, pool: explaining, modules, atMost: 100 });
  assert.equal(subscribers.find(({ name }) => name === "markPaid")!.pending, 100);
  const steps = plans.flatMap((plan) => [
    ...plan.matchAll(/"(?:Actual Rows|Rows Removed by Filter)":\s*([0-9.]+)/g),
  ]);
  assert.ok(steps.length > 10, "the plans are there");
  assert.ok(Math.max(...steps.map(([, count]) => Number(count))) <= 100);
});

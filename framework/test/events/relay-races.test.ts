import assert from "node:assert/strict";
import { test } from "node:test";
import { relayTask } from "../../src/events/index.ts";
import type { Pool } from "../../src/postgres/index.ts";
import { deliveryFaults } from "./delivery-faults.ts";
import {
  APP,
  consume,
  type DeliveryRow,
  deliveries,
  eventDatabase,
  publish,
  subscription,
} from "./event-database.ts";

const SEED = Number(process.env.ASHLAR_SEED ?? 20_261_121);
const RELAYS = 4;
const KEYS = 12;
const TRANSACTIONS_PER_KEY = 120;

const database = await eventDatabase();
const { adminQuery } = database;

test(`relays are killed while others publish, and every subscriber gets every event once and in order (seed ${SEED})`, async (t) => {
  const random = randomFrom(SEED);
  const subscriptions = [
    subscription({ name: "markPaid" }),
    subscription({ name: "greet", subscriber: "user" }),
    subscription({ name: "count", subscriber: "user", inOrder: false }),
  ];
  const published = new Map<string, number[]>();
  const publisherPool = database.newPool({ max: KEYS });
  let isPublishing = true;

  /** One transaction after the other, as under a lock on what the key stands for; some are rolled back. */
  async function publishUnder(key: string): Promise<void> {
    const committed: number[] = [];
    published.set(key, committed);
    let n = 0;
    for (let index = 0; index < TRANSACTIONS_PER_KEY; index++) {
      const transaction = publisherPool.begin();
      const numbers = Array.from({ length: 1 + Math.floor(random() * 3) }, () => n++);
      for (const number of numbers) await publish(transaction, { key, n: number });
      if (random() < 0.15) {
        await transaction.rollback();
      } else {
        await transaction.commit();
        committed.push(...numbers);
      }
    }
  }

  let lost = 0;
  async function runRelay(pool: Pool): Promise<void> {
    const batch = 1 + Math.floor(random() * 40);
    const task = relayTask({
      app: APP,
      pool,
      publisher: "billing",
      subscriptions,
      wake: { ring() {} },
      batch,
    });
    for (;;) {
      const wasPublishing = isPublishing;
      try {
        if (!(await task.run()) && !wasPublishing && (await outboxIsEmpty())) return;
      } catch {
        // Its connection was cut, as that of a relay whose process dies; this one comes back.
        lost++;
      }
    }
  }

  async function killRelays(): Promise<number> {
    let kills = 0;
    while (isPublishing) {
      // The odds leave relays the time to get something done.
      const rows = await adminQuery`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'relay' and state = 'active'
          and ${random()}::float8 < 0.3 limit 1`;
      kills += rows.length;
    }
    return kills;
  }

  const consumed: DeliveryRow[] = [];
  async function consumeAll(pool: Pool): Promise<void> {
    while (isRelaying) consumed.push(...(await consume(pool)));
    for (let rows = await consume(pool); rows.length > 0; rows = await consume(pool)) consumed.push(...rows);
  }

  let isRelaying = true;
  const relays = Promise.all(
    Array.from({ length: RELAYS }, () => runRelay(database.newPool({ applicationName: "relay", max: 1 }))),
  );
  const consumer = consumeAll(database.newPool());
  const killer = killRelays();
  await Promise.all(Array.from({ length: KEYS }, (_, key) => publishUnder(`o-${key}`)));
  isPublishing = false;
  const kills = await killer;
  await relays;
  isRelaying = false;
  await consumer;
  t.diagnostic(`${kills} backends terminated, ${lost} passes lost, ${consumed.length} events`);

  assert.ok(lost > 0, "no pass was hit");
  const check = (rows: readonly DeliveryRow[]) =>
    deliveryFaults({
      published,
      delivered: rows.map(({ payload }) => ({ key: payload.key, n: payload.payload.n })),
    });
  assert.deepEqual(check(consumed), []);
  const kept = Map.groupBy(await deliveries(database, "user"), ({ kind }) => kind);
  assert.deepEqual(check(kept.get("on.greet")!), []);
  assert.deepEqual(check(kept.get("on.count")!), []);
  const [events] =
    await adminQuery`select count(*)::int as count, count(distinct id)::int as ids from billing._events`;
  assert.deepEqual(events, { count: consumed.length, ids: consumed.length });
});

async function outboxIsEmpty(): Promise<boolean> {
  return (await adminQuery`select from billing._outbox limit 1`).length === 0;
}

/** Mulberry32: the same choices in every run. How the sessions interleave is up to the server all the same. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  findSubscriptions,
  type ReplayProgress,
  replayEvents,
  resumeReplay,
  syncSubscriptions,
} from "../../src/events/index.ts";
import { APP, type DeliveryRow, deliveries, eventDatabase, subscription } from "./event-database.ts";

const database = await eventDatabase();
const { adminQuery } = database;
const pool = database.newPool();
const markPaid = subscription({ name: "markPaid", queue: "payments", priority: 3, maxAttempts: 7 });
const parts = { app: APP, pool, subscription: markPaid };

const EVENTS = 5_000;
const DAY = "2026-01-10";
const since = new Date("2026-01-10T00:00:00Z");

// Of the three days that the events are from, two have a partition, and that of the third was never made.
await adminQuery`create table billing._events_20260110 partition of billing._events
  for values from ('2026-01-10 00:00+00') to ('2026-01-11 00:00+00')`;
await adminQuery`create table billing._events_20260111 partition of billing._events
  for values from ('2026-01-11 00:00+00') to ('2026-01-12 00:00+00')`;

beforeEach(async () => {
  await adminQuery`truncate billing._events, ordering._jobs, ordering._replays, ordering._subscriptions`;
  // A second apart, in three days; one in five is of another kind. Some were published by transactions that began
  // long before, so that times do not follow ids.
  await adminQuery`insert into billing._events (id, event, version, key, payload, published_at)
    select n, case when n % 5 = 0 then 'billing.paymentRefunded' else 'billing.paymentCaptured' end, 1,
      'o-' || n % 10, jsonb_build_object('n', n),
      ${DAY}::timestamptz + n * interval '50 seconds' - case when n % 7 = 0 then interval '10 minutes' else interval '0' end
    from generate_series(1, ${EVENTS}) n order by random()`;
});

async function wantedBetween(from: Date, to: Date): Promise<number[]> {
  const rows = await adminQuery<{ id: number }>`select id from billing._events
    where event = 'billing.paymentCaptured' and published_at >= ${from} and published_at < ${to} order by id`;
  return rows.map(({ id }) => id);
}

async function delivered(): Promise<DeliveryRow[]> {
  return await deliveries(database, "ordering");
}

const ids = (rows: readonly DeliveryRow[]) => rows.map(({ payload }) => payload.id);

test("a replay delivers the events of the period to one subscriber, in the order of their ids", async () => {
  const until = new Date("2026-01-11T12:00:00Z");
  const from = new Date("2026-01-10T06:00:00Z");
  const ended = await replayEvents({ ...parts, since: from, until });
  const wanted = await wantedBetween(from, until);
  const rows = await delivered();
  assert.deepEqual(ids(rows), wanted);
  assert.deepEqual(ended, { replay: rows[0]!.payload.replay, deliveries: wanted.length, isFinished: true });
  assert.ok(ended.replay! > 0);
  const policies =
    await adminQuery`select distinct kind, queue, priority, max_attempts, order_key is not null as ordered from ordering._jobs`;
  assert.deepEqual(policies, [
    { kind: "on.markPaid", queue: "payments", priority: 3, max_attempts: 7, ordered: true },
  ]);
});

test("without an end it goes up to its own start", async () => {
  await adminQuery`insert into billing._events (id, event, version, payload, published_at)
    values (9001, 'billing.paymentCaptured', 1, '{}', now() + interval '1 hour')`;
  const { deliveries: count } = await replayEvents({ ...parts, since });
  const wanted = await wantedBetween(since, new Date());
  assert.equal(count, wanted.length);
  assert.deepEqual(ids(await delivered()), wanted);
});

test("a dry run counts what a replay would deliver and delivers nothing", async () => {
  const from = new Date("2026-01-10T06:00:00Z");
  const counted = await replayEvents({ ...parts, since: from, dryRun: true });
  assert.deepEqual(counted, {
    replay: null,
    deliveries: (await wantedBetween(from, new Date())).length,
    isFinished: true,
  });
  assert.deepEqual(await delivered(), []);
  assert.deepEqual(await adminQuery`select from ordering._replays`, []);
  assert.deepEqual(await replayEvents({ ...parts, since: from }), {
    ...counted,
    replay: (await delivered())[0]!.payload.replay,
  });
});

test("a replay that was stopped goes on where it was, and one that is finished does nothing", async () => {
  const stopping = new AbortController();
  const seen: ReplayProgress[] = [];
  const stopped = await replayEvents({
    ...parts,
    since,
    signal: stopping.signal,
    onProgress: (progress) => {
      seen.push(progress);
      stopping.abort();
    },
  });
  assert.equal(stopped.isFinished, false);
  assert.deepEqual(seen, [stopped]);
  assert.equal((await delivered()).length, stopped.deliveries);

  const replay = stopped.replay!;
  const ended = await resumeReplay({ ...parts, replay });
  const wanted = await wantedBetween(since, new Date());
  assert.deepEqual(ended, { replay, deliveries: wanted.length, isFinished: true });
  assert.deepEqual(await resumeReplay({ ...parts, replay }), ended);
  assert.deepEqual(ids(await delivered()), wanted);
});

test("a replay resumed by two at once, with connections cut under them, delivers each event once", async () => {
  const { replay } = await replayEvents({ ...parts, since, signal: AbortSignal.abort() });
  const wanted = await wantedBetween(since, new Date());
  let running = 2;
  async function resumeUntilDone(): Promise<number> {
    const own = database.newPool({ applicationName: "replay", max: 1 });
    for (;;) {
      try {
        const ended = await resumeReplay({ ...parts, pool: own, replay: replay! });
        running--;
        return ended.deliveries;
      } catch {
        // Cut off; its process would be started again.
      }
    }
  }
  async function cutConnections(): Promise<void> {
    for (let cuts = 0; cuts < 5 && running > 0; ) {
      const rows = await adminQuery`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'replay' and state = 'active' limit 1`;
      cuts += rows.length;
    }
  }
  const [one, other] = await Promise.all([resumeUntilDone(), resumeUntilDone(), cutConnections()]);
  assert.deepEqual([one, other], [wanted.length, wanted.length]);
  assert.deepEqual(ids(await delivered()), wanted);
});

test("every replay has a number of its own, so that the inbox lets it pass", async () => {
  const first = await replayEvents({ ...parts, since });
  const second = await replayEvents({ ...parts, since });
  assert.equal(second.replay, first.replay! + 1);
  assert.equal((await delivered()).length, first.deliveries + second.deliveries);
});

test("a replay of nothing, backwards in time or of somebody else is refused", async () => {
  const refused = { code: "ASHLAR_EVENT_REPLAY_REFUSED" };
  await assert.rejects(replayEvents({ ...parts, since, until: since }), refused);
  await assert.rejects(resumeReplay({ ...parts, replay: 999_999 }), refused);
  const { replay } = await replayEvents({ ...parts, since });
  await assert.rejects(
    resumeReplay({ ...parts, subscription: subscription({ name: "mail" }), replay: replay! }),
    refused,
  );
});

test("subscriptions can be found in the database, as the newest start has them", async () => {
  const mail = subscription({ name: "mail", inOrder: false, limitKey: "queue:mails:" });
  const sync = (subscriptions: (typeof mail)[]) =>
    syncSubscriptions({ app: APP, pool, module: "ordering", subscriptions });
  await sync([markPaid, mail]);
  await Promise.all(Array.from({ length: 4 }, () => sync([{ ...mail, queue: "mails" }, markPaid])));
  await sync([markPaid]);
  await sync([]);
  const found = await findSubscriptions({ app: APP, pool, module: "ordering" });
  assert.deepEqual(
    found.map(({ seenAt, ...rest }) => {
      assert.ok(seenAt instanceof Date);
      return rest;
    }),
    [
      { ...mail, queue: "mails" },
      { ...markPaid, limitKey: null },
    ],
  );
  const { deliveries: count } = await replayEvents({ ...parts, subscription: found[1]!, since });
  assert.equal(count, (await wantedBetween(since, new Date())).length);
});

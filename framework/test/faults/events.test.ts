// Events whose relays are killed, and whose deliveries come three times and out of order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { mill } from "./app/definitions.ts";
import { Dice, FAULTS_MS, inForm } from "./dice.ts";
import { type Published, type Received, wrongDeliveries, wrongOrder, wrongTotals } from "./invariants.ts";
import { Trial } from "./trial.ts";
import { until } from "./until.ts";

const KEYS = ["a", "b", "c", "d", "e"];
const PUBLISHERS = 2;
/** Events of a key are taken in one after the other. */
const TAKEN_IN_MS = inForm({ short: 30_000, long: 300_000 });
const SUBSCRIBERS = ["fold", "sum"];
const EVENTS_OF_A_KEY = inForm({ short: 20, long: 300 });

test("relays that are killed while events are published lose none and double none", async (test) => {
  const dice = Dice.of(test);
  const trial = await Trial.start(test);
  // Only the relays are to die. A job that is in flight in three deaths is taken for their cause.
  await pause(trial);
  const relays = [1, 2].map((number) => trial.supervised(`relay ${number}`));
  await Promise.all(relays.map((relay) => relay.working()));
  let isOver = false;
  const publish = async () => {
    while (!isOver) {
      await trial.app.execute(mill.send, { key: dice.pick(KEYS), count: dice.between(1, 5) });
      // So that the subscribers can keep up: what is tried here are the kills.
      await delay(dice.between(0, 150));
    }
  };
  const publishers = Promise.all(Array.from({ length: PUBLISHERS }, publish));
  publishers.catch(() => {});
  const end = performance.now() + FAULTS_MS;
  let kills = 0;
  while (performance.now() < end) {
    const { current } = dice.pick(relays);
    await current.is("working");
    // At a random moment: that is the fault.
    await delay(dice.between(0, 300));
    await current.kill();
    kills++;
  }
  isOver = true;
  await publishers;
  await relayed(trial);
  await resume(trial);
  const tookMs = await trial.allDone(TAKEN_IN_MS);
  const published = await publishedIn(trial);
  test.diagnostic(
    `${published.length} events, ${kills} kills, all taken in ${Math.round(tookMs)} ms after the last`,
  );
  await assertTakenInOnce(trial, published);
  const received = await receivedIn(trial);
  assert.deepEqual(wrongOrder(received.filter(({ subscriber }) => subscriber === "fold")), []);
});

test("events that are delivered three times and out of order come to what single delivery does", async (test) => {
  const dice = Dice.of(test);
  const trial = await Trial.start(test);
  // So that the deliveries can be made worse before anybody takes them in.
  await pause(trial);
  const first = trial.instance("first");
  await first.is("working");
  await Promise.all(
    KEYS.map(async (key) => {
      for (let left = EVENTS_OF_A_KEY; left > 0; left -= 10)
        await trial.app.execute(mill.send, { key, count: 10 });
    }),
  );
  await relayed(trial);
  const published = await publishedIn(trial);
  const deliveries = await trial.rows<{ id: number; seq: number; order_key: string | null }>(
    "select id, seq, order_key from bakery._jobs order by id",
  );
  assert.equal(deliveries.length, published.length * SUBSCRIBERS.length);
  const copies = deliveries.flatMap(({ id, seq, order_key }) =>
    // One that has its place in the order keeps it, and comes again later; the others come whenever they like.
    [1, 2, 3].map((time) => ({
      from: id,
      isFirst: time === 1,
      seq:
        (order_key !== null && time === 1 ? seq : dice.between(seq, deliveries.at(-1)!.seq)) * 1_000 +
        dice.between(0, 999),
    })),
  );
  await multiply(trial, dice.shuffled(copies));
  const second = trial.instance("second");
  await second.is("working");
  await resume(trial);
  await trial.allDone(TAKEN_IN_MS);
  test.diagnostic(
    `${published.length} events, ${copies.length} deliveries to ${SUBSCRIBERS.length} subscribers`,
  );
  assert.equal(await trial.number("select count(*) from bakery._finished_jobs"), copies.length);
  await assertTakenInOnce(trial, published);
});

async function pause(trial: Trial): Promise<void> {
  await trial.rows("insert into bakery._paused_queues (queue) values ('default')");
}

async function resume(trial: Trial): Promise<void> {
  await trial.rows("delete from bakery._paused_queues");
}

/** Gives each delivery its first place, and two more jobs beside it. */
async function multiply(trial: Trial, copies: readonly { from: number; isFirst: boolean; seq: number }[]) {
  const columns = "queue, priority, kind, payload, max_attempts, order_key, limit_key, trace_id";
  const firsts = copies.filter(({ isFirst }) => isFirst);
  const others = copies.filter(({ isFirst }) => !isFirst);
  const lists = (list: typeof copies) => [list.map(({ from }) => from), list.map(({ seq }) => seq)];
  await trial.rows(
    `insert into bakery._jobs (id, seq, ${columns})
     select nextval('bakery._job_ids'), c.seq, ${columns}
     from unnest($1::bigint[], $2::bigint[]) as c ("from", seq) join bakery._jobs j on j.id = c."from"`,
    lists(others),
  );
  await trial.rows(
    `update bakery._jobs j set seq = c.seq from unnest($1::bigint[], $2::bigint[]) as c ("from", seq)
     where j.id = c."from"`,
    lists(firsts),
  );
}

async function assertTakenInOnce(trial: Trial, published: readonly Published[]): Promise<void> {
  assert.deepEqual(wrongOrder(published), [], "as they were published");
  assert.deepEqual(wrongDeliveries(published, await receivedIn(trial), SUBSCRIBERS), []);
  const totals = await trial.rows<{ key: string; folded: number }>("select key, folded from bakery.totals");
  assert.deepEqual(wrongTotals(published, new Map(totals.map(({ key, folded }) => [key, folded]))), []);
  assert.equal(await trial.number("select count(*) from bakery._dead_jobs"), 0);
  assert.equal(await trial.number("select count(*) from bakery._job_permits"), 0, "nobody is left in a turn");
}

async function relayed(trial: Trial): Promise<void> {
  await until(
    "the outbox is empty",
    async () => (await trial.number("select count(*) from mill._outbox")) === 0,
  );
}

async function publishedIn(trial: Trial): Promise<Published[]> {
  return await trial.rows(
    "select id, key, (payload ->> 'number')::integer as number from mill._events order by id",
  );
}

async function receivedIn(trial: Trial): Promise<Received[]> {
  return await trial.rows(
    "select subscriber, event_id as event, key, number from bakery.received order by id",
  );
}

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { deadLetters } from "../../src/health/checks/dead-letters.ts";
import { relayLag, subscriberLag } from "../../src/health/checks/event-lag.ts";
import { queueStuck } from "../../src/health/checks/queue-stuck.ts";
import { deployInProgress, workerSilent } from "../../src/health/checks/workers.ts";
import type { Firing } from "../../src/health/index.ts";
import { openWard } from "./ward.ts";

const ward = await openWard();

beforeEach(() =>
  ward.sql(
    `truncate billing._jobs, billing._dead_jobs, billing._outbox, billing._paused_queues, billing._subscriptions,
       ordering._jobs, ordering._dead_jobs, ordering._outbox, ashlar.workers, ashlar.firings`,
  ),
);

function brief(firing: readonly Firing[]) {
  return firing.map(({ severity, subject, module }) => [severity, subject, module]);
}

function jobs(table: "_jobs" | "_dead_jobs", count: number, more = "", values = ""): string {
  return `insert into billing.${table} (id, seq, queue, kind, payload, max_attempts${more})
    select nextval('billing._job_ids'), n, 'payments', 'capturePayment', '{}', 3${values} from generate_series(1, ${count}) n`;
}

test("dead-letters: new ones fire at once, by module and kind; the standing stock does not", async () => {
  await ward.sql(jobs("_dead_jobs", 40, ", died_at", ", now() - interval '2 hours'"));
  const { looks } = ward.watch([deadLetters()]);
  assert.deepEqual(await looks(), []);
  await ward.sql(
    jobs("_dead_jobs", 12, ", errors", `, '[{"code": "SOCKET"}, {"code": "PROVIDER_DECLINED"}]'::jsonb`),
    `insert into billing._dead_jobs (id, seq, queue, kind, payload, max_attempts)
     values (-1, -1, 'default', 'on.ordersPlaced', '{}', 3)`,
  );
  const firing = await looks();
  assert.deepEqual(brief(firing), [
    ["error", "billing.capturePayment", "billing"],
    ["warning", "billing.on.ordersPlaced", "billing"],
  ]);
  assert.deepEqual(firing[0]!.evidence.slice(0, 2), [
    "12 have died within 5 minutes",
    "most often with PROVIDER_DECLINED",
  ]);
  assert.equal(firing[1]!.title, "Subscriber ordersPlaced of billing gives up on events");
  await ward.sql("update billing._dead_jobs set died_at = died_at - interval '6 minutes'");
  assert.deepEqual(await looks(2), []);
});

test("queue-stuck: jobs are ready and nobody claims the first of them", async () => {
  const { looks } = ward.watch([queueStuck()]);
  await ward.sql(jobs("_jobs", 5));
  assert.deepEqual(await looks(3), []);
  const firing = await looks();
  assert.deepEqual(brief(firing), [["error", "billing.payments", "billing"]]);
  assert.match(
    firing[0]!.evidence.join("\n"),
    /^5 jobs are ready\njob billing:\d+ has been first in line for 30 s/,
  );
  // Somebody claims again: another job is first in line.
  await ward.sql("delete from billing._jobs where seq = 1");
  await looks(2);
  await ward.sql("delete from billing._jobs where seq = 2");
  assert.deepEqual(await looks(2), []);
});

test("queue-stuck: since when a queue stands outlives a restart of the process", async () => {
  await ward.sql(jobs("_jobs", 5));
  const first = ward.watch([queueStuck()]);
  const [before] = await first.looks(4);
  const second = ward.watch([queueStuck()]);
  const [after] = await second.looks(4);
  assert.equal(after!.since, before!.since);
});

test("queue-stuck: a queue whose running jobs take long is given more time", async () => {
  const { looks, advance } = ward.watch([queueStuck()]);
  await ward.sql(jobs("_jobs", 5), "update billing._jobs set worker = 1, attempt = 1 where seq <= 2");
  assert.deepEqual(await looks(6), []);
  advance(300_000);
  const firing = await looks();
  assert.deepEqual(brief(firing), [["warning", "billing.payments", "billing"]]);
  assert.match(firing[0]!.evidence.join("\n"), /^2 run,.*\n3 jobs are ready/);
});

test("queue-stuck: a paused queue is a note", async () => {
  const { looks } = ward.watch([queueStuck()]);
  await ward.sql(
    jobs("_jobs", 2),
    "insert into billing._paused_queues (queue, paused_by) values ('payments', 'ann')",
  );
  const firing = await looks(5);
  assert.deepEqual(brief(firing), [["note", "billing.payments", "billing"]]);
  assert.match(firing[0]!.evidence.join("\n"), /^by ann, for \d+ s\n2 jobs are ready/);
  assert.equal(firing[0]!.actions[0]!.command, "ashlar jobs resume billing.payments");
});

test("relay-lag: events lie in an outbox", async () => {
  const { looks } = ward.watch([relayLag()]);
  const publish = (age: string) =>
    ward.sql(
      `insert into ordering._outbox (event, version, payload, published_at)
       values ('ordering.orderPlaced', 1, '{}', now() - interval '${age}')`,
    );
  await publish("1 second");
  assert.deepEqual(await looks(3), []);
  await publish("2 minutes");
  await ward.sql("delete from ordering._outbox where id = (select min(id) from ordering._outbox)");
  const firing = await looks(2);
  assert.deepEqual(brief(firing), [["error", "ordering", "ordering"]]);
  assert.match(firing[0]!.evidence[0]!, /^the oldest was published 120 s ago/);
  await ward.sql("truncate ordering._outbox");
  assert.deepEqual(await looks(3), []);
});

test("subscriber-lag: deliveries that are not taken in, with what they fail with", async () => {
  const { looks } = ward.watch([subscriberLag()]);
  await ward.sql(
    `insert into billing._subscriptions (name, publisher, event, queue, priority, max_attempts, in_order)
     values ('ordersPlaced', 'ordering', 'ordering.orderPlaced', 'default', 0, 20, true)`,
    `insert into billing._jobs (id, seq, queue, kind, payload, max_attempts, attempt, run_at, enqueued_at, errors)
     values (-1, 1, 'default', 'on.ordersPlaced', '{}', 20, 3, now() + interval '1 minute', now() - interval '3 minutes',
       '[{"code": "BILLING_BAD_AMOUNT"}]')`,
  );
  const firing = await looks(2);
  assert.deepEqual(brief(firing), [["warning", "billing.ordersPlaced", "billing"]]);
  assert.match(
    firing[0]!.evidence.join("\n"),
    /1 wait in queue default, 1 of them failed.*\nthe oldest failed with BILLING_BAD_AMOUNT/,
  );
  await ward.sql("update billing._jobs set enqueued_at = now()");
  assert.deepEqual(await looks(3), []);
});

function worker(startedAgo: string, seenAgo: string): string {
  return `insert into ashlar.workers (host, pid, started_at, seen_at)
    values ('here', 4242, now() - interval '${startedAgo}', now() - interval '${seenAgo}')`;
}

test("worker-silent: a worker whose heartbeat stays away", async () => {
  const { looks } = ward.watch([workerSilent()]);
  await ward.sql(worker("1 hour", "1 second"));
  assert.deepEqual(await looks(3), []);
  await ward.sql(worker("1 hour", "20 seconds"));
  const firing = await looks();
  assert.equal(firing.length, 1);
  assert.match(
    firing[0]!.evidence.join("\n"),
    /process 4242 on here was heard last 20 s ago\n.*\n1 other worker is known/,
  );
  await ward.sql("update ashlar.workers set seen_at = now()");
  assert.deepEqual(await looks(3), []);
});

test("deploy-in-progress: a young instance beside an old one is a note", async () => {
  const { looks } = ward.watch([deployInProgress()]);
  const instance = (release: string, started: string, more = "") =>
    `insert into ashlar.instances (id, release, host, pid, started_at, seen_at${more === "" ? "" : ", stopped_at"})
     values (gen_random_uuid(), '${release}', 'shop-1', 1, now() - interval '${started}', now()${more})`;
  await ward.sql("truncate ashlar.instances", instance("1", "1 hour"), instance("1", "2 hours"));
  assert.deepEqual(await looks(2), []);
  await ward.sql(instance("2", "5 seconds", ", now()"));
  assert.deepEqual(await looks(2), []);
  await ward.sql(instance("2", "5 seconds"));
  const firing = await looks();
  assert.deepEqual(brief(firing), [["note", "", null]]);
  assert.match(
    firing[0]!.evidence.join("\n"),
    /^1 started within the last minute: release 2, process 1 on shop-1\nbeside 2 that were there before: release 1/,
  );
  await ward.sql("update ashlar.instances set started_at = now() - interval '2 minutes'");
  assert.deepEqual(await looks(2), []);
});

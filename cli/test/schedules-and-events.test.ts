import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { cliScene, failure } from "./cli-scene.ts";

const { admin, run, put, clear } = await cliScene();
beforeEach(clear);

test("schedules are listed, run, paused and resumed", async () => {
  await admin.query(
    `insert into billing._schedules (name, kind, timing, next_at, last_at) values
       ('nightly', 'reconcile', '{"cron": "0 3 * * *", "timeZone": "Europe/Berlin"}', '2099-05-04T01:00:00Z', null),
       ('often', 'poll', '{"everyMs": 90000}', now() - interval '1 hour', '2026-05-04T10:00:00Z')`,
  );
  const listed = await run("schedules", "list");
  assert.match(listed.stdout, /^billing\.nightly +reconcile +0 3 \* \* \* Eur\S* +2099-05-04 01:00 +never$/m);
  assert.match(listed.stdout, /^billing\.often +poll +every 90s +\S+ \S+ +2026-05-04 10:00$/m);
  for (const line of listed.stdout.trimEnd().split("\n")) assert.ok(line.length <= 80, line);

  const asked = await run("schedules", "run", "billing.nightly", "billing.none");
  assert.deepEqual([asked.code, asked.stdout], [0, "asked for billing.nightly\n"]);
  assert.match(asked.stderr, /There is no schedule billing\.none/);
  assert.match((await run("schedules", "list")).stdout, /^billing\.nightly .* now +never$/m);

  assert.equal(
    (await run("schedules", "pause", "billing.often", "--by", "ann")).stdout,
    "paused billing.often\n",
  );
  assert.match((await run("schedules", "list")).stdout, /^billing\.often .* paused by ann /m);
  const resumed = await run("schedules", "resume", "billing.often", "--json");
  assert.deepEqual(JSON.parse(resumed.stdout), { resumed: ["billing.often"] });
  const { rows } = await admin.query(
    "select next_at > now() as is_ahead from billing._schedules where name = 'often'",
  );
  assert.equal(rows[0].is_ahead, true);
});

async function subscribe(): Promise<void> {
  await admin.query(
    `insert into ordering._subscriptions (name, publisher, event, queue, priority, max_attempts, in_order)
     values ('markOrderPaid', 'billing', 'billing.paymentCaptured', 'default', 0, 20, false)`,
  );
}

test("lag shows how far each subscriber is behind", async () => {
  await subscribe();
  await put("ordering", { kind: "on.markOrderPaid", enqueued_at: new Date(Date.now() - 200_000) });
  await put("ordering", { kind: "on.markOrderPaid", table: "_dead_jobs" });
  const { code, stdout, stderr } = await run("events", "lag");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^ordering\.markOrderPaid +billing\.paymentCaptu\S+ +- +1 +3m +1$/m);
  const { subscribers } = JSON.parse((await run("events", "lag", "--json")).stdout);
  assert.equal(subscribers[0].dead, 1);
});

test("dead lists dead deliveries and no other jobs", async () => {
  await put("ordering", { table: "_dead_jobs" });
  const id = await put("ordering", {
    kind: "on.markOrderPaid",
    table: "_dead_jobs",
    errors: failure("X", "no such order"),
  });
  const { jobs } = JSON.parse((await run("events", "dead", "--json")).stdout);
  assert.deepEqual(
    jobs.map((each: { id: string }) => each.id),
    [id],
  );
  assert.match((await run("events", "dead", "--error", "such order")).stdout, new RegExp(`^${id} `, "m"));
});

test("replay says how many events that would be, and delivers them with --yes", async () => {
  await subscribe();
  await admin.query(
    `insert into billing._events (id, event, version, key, payload, published_at)
     select nextval('billing._event_ids'), 'billing.paymentCaptured', 1, null, '{}', now() - interval '1 hour'
       from generate_series(1, 3)`,
  );
  const words = ["events", "replay", "ordering.markOrderPaid", "--since", "2h"];
  const dry = await run(...words);
  assert.deepEqual(
    [dry.code, dry.stdout],
    [0, "would deliver 3 events to ordering.markOrderPaid; add --yes\n"],
    dry.stderr,
  );
  assert.equal((await run(...words, "--until", "90m")).code, 3);
  const done = await run(...words, "--yes");
  assert.deepEqual(
    [done.code, done.stdout],
    [0, "delivers 3 events to ordering.markOrderPaid\n"],
    done.stderr,
  );
  const { rows } = await admin.query("select kind from ordering._jobs");
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    Array(3).fill("on.markOrderPaid"),
  );
  assert.equal((await run("events", "replay", "ordering.markOrderPaid")).code, 2);
  assert.equal((await run("events", "replay", "ordering.markOrderPaid", "--since", "yesterday")).code, 2);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { FIRING_CHECK_IDS, type Firing, type Health, runbookOf } from "ashlar/health";
import { DatabaseError } from "ashlar/postgres";
import { eventually } from "ashlar/testing";
import type { Now, Runbook } from "../../api/now.ts";
import type { Ground } from "../../server/ground.ts";
import { nowEndpoints } from "../../server/now/endpoints.ts";
import { placeOf } from "../../server/now/places.ts";
import { openMarket } from "../modules/market.ts";

const market = await openMarket();
const MINUTE_MS = 60_000;

const QUIET: Health = {
  firing: [],
  blind: [],
  quiet: ["disk-space", "blocking"],
  lookedAt: Date.now(),
  tookMs: 3,
};

const slow: Firing = {
  check: "slow-statement",
  subject: "16401/-77",
  severity: "warning",
  title: "A statement of goods has become slow",
  evidence: ["it takes 900 ms"],
  module: "goods",
  actions: [
    { does: "Deploy the release before" },
    { does: "End it", sql: "select pg_terminate_backend(4711);" },
  ],
  since: Date.now() - 5 * MINUTE_MS,
  seenAt: Date.now(),
  endedAt: null,
  runbook: runbookOf("slow-statement"),
};

/** Looked at by a console that knows nothing yet; `health` stands for what the checks would have found. */
function console(health: Partial<Health> = {}, ground: Partial<Ground> = {}) {
  const monitor = { now: () => ({ ...QUIET, ...health }), history: () => [] } as unknown as Ground["monitor"];
  const endpoints = nowEndpoints({ ...market.ground, ...ground, monitor });
  const request = {
    query: new URLSearchParams(),
    actor: null as never,
    access: "reader" as const,
    deadline: 0,
  };
  const read = async <Data>(path: string, params: Record<string, string> = {}) => {
    const endpoint = endpoints.find((each) => each.path === path);
    if (endpoint?.kind !== "read") throw new Error(path);
    return (await endpoint.read({ ...request, params })) as Data;
  };
  return {
    now: () => read<Now>("/now"),
    runbook: (check: string) => read<Runbook>("/runbooks/{check}", { check }),
  };
}

const away = () => Promise.reject(new DatabaseError("ASHLAR_DATABASE_UNAVAILABLE", "away"));

test("nothing fires: all is well, with traffic, numbers and what changed", async () => {
  await market.sql("truncate ashlar.activity");
  await market.did({ kind: "request", module: "", name: "", count: 120, failed: 6, minutes: 60 });
  const now = await eventually("the start of this instance is noted", async () => {
    const found = await console().now();
    return found.changes.some(({ kind }) => kind === "deploy") ? found : null;
  });
  assert.equal(now.state, "well");
  assert.equal(now.quiet, 2);
  assert.deepEqual(now.unknown, []);
  assert.equal(now.traffic.times.length, 60);
  assert.equal(now.traffic.values.requests!.at(-2), 2);
  assert.equal(now.traffic.values.errors!.at(-2), 0.05);
  assert.deepEqual(
    { ...now.numbers, p99Ms: Math.round(now.numbers.p99Ms!) > 80 },
    {
      requestsPerSecond: 2,
      errorShare: 0.05,
      p99Ms: true,
      jobsReady: 0,
      isJobsReadyAtLeast: false,
      deadLetters: 0,
      isDeadLettersAtLeast: false,
    },
  );
  // The first start of all: many migrations are one line.
  const migration = now.changes.find(({ kind }) => kind === "migration");
  assert.match(migration!.title, /^\d+ migrations of 4 modules$/);
});

test("a firing has its place, its last change before, and whom it may reach", async () => {
  await market.sql("truncate ashlar.activity, ashlar.instances");
  const start = (release: string, minutesAgo: number) =>
    market.sql(
      `insert into ashlar.instances (id, release, host, pid, started_at)
       values (gen_random_uuid(), $1, 'host', 1, now() - make_interval(mins => $2::integer))`,
      [release, minutesAgo],
    );
  await start("1", 600);
  await start("2", 9);
  await start("2", 8);
  await start("2", 2);
  await market.did({
    kind: "request",
    module: "stalls",
    name: "POST /v1/sales",
    count: 100,
    failed: 30,
    minutes: 3,
  });
  await market.did({
    kind: "request",
    module: "big_ledger",
    name: "GET /v1/total",
    count: 100,
    failed: 30,
    minutes: 3,
  });
  await market.did({ kind: "request", module: "goods", name: "GET /v1/goods", count: 100, minutes: 30 });
  const now = await console({ firing: [slow] }).now();
  assert.equal(now.state, "warning");
  const [firing] = now.firing;
  assert.deepEqual(firing!.place, { href: "/database?statement=-77", label: "See the statement" });
  assert.equal(firing!.suspect!.title, "Release 2 began after 1, 3 instances");
  assert.deepEqual(firing!.blast.modules, ["stalls"]);
  assert.deepEqual(
    firing!.blast.routes.map(({ route, errorShare }) => [route, errorShare]),
    [["POST /v1/sales", 0.3]],
  );
  assert.deepEqual(
    firing!.actions.map(({ place }) => place?.href ?? null),
    [null, "/database?session=4711"],
  );
});

test("a change after it began, or long before, is not suspected", async () => {
  await market.sql("truncate ashlar.instances");
  await market.sql(`
    insert into ashlar.instances (id, release, host, pid, started_at) values
      (gen_random_uuid(), '1', 'host', 1, now() - interval '40 minutes'),
      (gen_random_uuid(), '2', 'host', 1, now() - interval '1 minute')`);
  for (const module of ["stalls", "goods", "big_ledger", "ashlar"]) {
    await market.sql(`update ${module}._migrations set applied_at = now() - interval '2 hours'`);
  }
  const { firing, changes } = await console({ firing: [slow] }).now();
  assert.equal(firing[0]!.suspect, null);
  assert.deepEqual(
    changes.map(({ kind }) => kind),
    ["deploy", "deploy", "migration"],
  );
  const later = await console({ firing: [{ ...slow, since: Date.now() }] }).now();
  assert.equal(later.firing[0]!.suspect!.title, "Release 2 began after 1");
});

test("what ended is told from the table, the latest first", async () => {
  await market.sql(`
    insert into ashlar.firings (check_id, subject, severity, title, evidence, module, actions, started_at, seen_at, ended_at)
    select 'dead-letters', 'goods.count' || n, 'warning', 'Jobs', '[]', 'goods', '[]', now() - interval '3 hours',
      now(), now() - n * interval '10 hours' from generate_series(1, 3) n`);
  const { recent } = await console().now();
  assert.deepEqual(
    recent.map(({ subject, place }) => [subject, place.href]),
    [
      ["goods.count1", "/jobs?module=goods&kind=count1&state=dead"],
      ["goods.count2", "/jobs?module=goods&kind=count2&state=dead"],
    ],
  );
});

test("with the database away from the start it tells what fires, and what it cannot tell", async () => {
  const now = await console({ firing: [slow] }, { execute: away }).now();
  assert.equal(now.firing.length, 1);
  assert.equal(now.numbers.requestsPerSecond, null);
  assert.equal(now.numbers.jobsReady, null);
  assert.deepEqual(now.traffic.times, []);
  assert.ok(now.unknown.length >= 6);
  assert.ok(now.unknown.every(({ reason }) => reason === "The database cannot be reached"));
});

test("with the database away later it keeps what it knew, and one part that fails is one part", async () => {
  let isAway = false;
  let moment = Date.now();
  const later = console(
    {},
    {
      now: () => moment,
      execute: (statement, deadline) =>
        isAway || statement.text.includes("operator_actions")
          ? away()
          : market.ground.execute(statement, deadline),
    },
  );
  const before = await later.now();
  assert.deepEqual(
    before.unknown.map(({ what }) => what),
    ["what operators did"],
  );
  isAway = true;
  moment += MINUTE_MS;
  const after = await later.now();
  assert.equal(after.numbers.jobsReady, 0);
  assert.deepEqual(after.traffic, before.traffic);
  assert.ok(after.unknown.length >= 5);
  isAway = false;
  moment += MINUTE_MS;
  await eventually("it is known again", async () => (await later.now()).unknown.length === 1);
});

test("every check leads to a place of its own, and has a runbook", async () => {
  const { runbook } = console();
  for (const check of FIRING_CHECK_IDS) {
    const { href, label } = placeOf({ check, subject: "process 1", module: "goods" });
    assert.match(href, /^\/(?:\?runbook=|traces\?|database|jobs\?|modules\/|events|deploys)/);
    assert.equal(href.startsWith("/?runbook="), check === "database-unreachable", check);
    assert.ok(label.length > 5);
    assert.match((await runbook(check)).markdown, /^# /);
  }
  for (const wrong of ["nothing", "../README", "blocking/../blocking"]) await assert.rejects(runbook(wrong));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyFiringCheck, Sign } from "../../src/health/index.ts";
import { eventually } from "../../src/testing/index.ts";
import { INTERVAL_MS, openWard } from "./ward.ts";

const ward = await openWard();

function sign(subject: string, evidence = "seen"): Sign {
  return {
    subject,
    severity: "warning",
    title: `${subject} is bad`,
    evidence: [evidence],
    module: null,
    actions: [],
  };
}

/** Sees what the test says, look by look. */
function told(id: string, of: "process" | "database", looks: () => readonly Sign[]): AnyFiringCheck {
  const parts = { id, holds: "All is well" };
  return of === "process"
    ? { ...parts, of, look: looks }
    : {
        ...parts,
        of,
        look: async (session) => {
          await session.rows("select");
          return looks();
        },
      };
}

test("a sign fires at the second bad look of three, from the first one on, and ends after three good ones", async () => {
  let bad = false;
  const { monitor, looks } = ward.watch([told("told", "process", () => (bad ? [sign("a")] : []))]);
  assert.deepEqual(await looks(), []);
  bad = true;
  assert.deepEqual(await looks(), []);
  const since = monitor.now().lookedAt;
  bad = false;
  assert.deepEqual(await looks(), []);
  bad = true;
  const [firing] = await looks();
  assert.equal(firing!.since, since);
  assert.equal(firing!.runbook, "docs/runbooks/told.md");
  bad = false;
  assert.equal((await looks(2)).length, 1);
  assert.equal((await looks()).length, 0);
  const [ended] = monitor.history();
  assert.equal(ended!.endedAt, since! + 5 * INTERVAL_MS);
});

test("two subjects of one check fire apart, the earlier one first", async () => {
  let subjects = ["b"];
  const { looks } = ward.watch([told("told", "process", () => subjects.map((subject) => sign(subject)))]);
  await looks();
  subjects = ["a", "b"];
  const firing = await looks(3);
  assert.deepEqual(
    firing.map(({ subject }) => subject),
    ["b", "a"],
  );
});

test("a look that fails is blind, the others are made, and what fired goes on", async () => {
  let fails = false;
  const { monitor, looks } = ward.watch([
    told("failing", "database", () => {
      if (fails) throw new Error("no way to see");
      return [sign("a")];
    }),
    told("other", "database", () => []),
  ]);
  const [before] = await looks(2);
  fails = true;
  const [after] = await looks(3);
  assert.equal(after!.since, before!.since);
  const { blind, quiet } = monitor.now();
  assert.deepEqual(
    blind.map(({ check, reason }) => [check, reason]),
    [["failing", "no way to see"]],
  );
  assert.deepEqual(quiet, ["other", "database-unreachable"]);
});

test("a look that hangs ends at its deadline, and the next round looks through another session", async () => {
  let hangs = true;
  const { monitor, looks } = ward.watch([
    {
      id: "hanging",
      holds: "All is well",
      of: "database",
      look: (session) => (hangs ? new Promise(() => {}) : session.rows("select").then(() => [])),
    },
  ]);
  await looks();
  assert.match(monitor.now().blind[0]!.reason, /no answer within 2000 ms/);
  hangs = false;
  await looks();
  assert.deepEqual(monitor.now().blind, []);
});

test("what a look reads with cannot write", async () => {
  const { monitor, looks } = ward.watch([
    {
      id: "writing",
      holds: "All is well",
      of: "database",
      look: async (session) => await session.rows("create table ashlar.trace_of_a_look ()"),
    },
  ]);
  await looks();
  assert.match(monitor.now().blind[0]!.reason, /25006/);
});

test("without a database it says so, and looks at the process all the same", async () => {
  const { monitor, looks } = ward.watch(
    [told("inside", "process", () => [sign("a")]), told("outside", "database", () => [])],
    {},
    "postgres://nobody:not-to-be-told@127.0.0.1:1/nothing",
  );
  const firing = await looks(2);
  assert.deepEqual(firing.map(({ check }) => check).sort(), ["database-unreachable", "inside"]);
  assert.match(
    monitor
      .now()
      .blind.map(({ check, reason }) => `${check}: ${reason}`)
      .join(),
    /outside: .*ECONNREFUSED/,
  );
  assert.doesNotMatch(JSON.stringify(monitor.now()), /not-to-be-told/);
});

test("a server that ends the session is looked at through a new one", async () => {
  const { monitor, looks } = ward.watch([told("outside", "database", () => [])]);
  await looks();
  await ward.sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ashlar health'",
  );
  await eventually("it looks again", async () => {
    await looks();
    return monitor.now().blind.length === 0;
  });
});

test("since when it fires outlives the process; what only the process saw does not", async () => {
  const bad = () => [sign("kept")];
  const checks = () => [told("stored", "database", bad), told("local", "process", bad)];
  const first = ward.watch(checks());
  const before = await first.looks(2);
  assert.equal(before.length, 2);
  await first.monitor.stop();
  const second = ward.watch(checks());
  const [resumed, ...others] = await second.looks();
  assert.equal(resumed!.check, "stored");
  assert.equal(resumed!.since, before.find(({ check }) => check === "stored")!.since);
  assert.deepEqual(others, []);
});

test("what ended is in the table with its end, and is not resumed", async () => {
  let bad = true;
  const check = () => told("ending", "database", () => (bad ? [sign("x")] : []));
  const first = ward.watch([check()]);
  await first.looks(2);
  bad = false;
  await first.looks(3);
  const rows = await ward.sql(
    "select ended_at > started_at as ended from ashlar.firings where check_id = 'ending'",
  );
  assert.deepEqual(rows, [{ ended: true }]);
  const second = ward.watch([check()]);
  assert.deepEqual(await second.looks(), []);
});

test("started, it looks by itself; stopped, it does not", async () => {
  let count = 0;
  const { monitor } = ward.watch([
    told("counting", "process", () => {
      count++;
      return [];
    }),
  ]);
  monitor.start();
  await eventually("it has looked", () => count > 0);
  await monitor.stop();
  const seen = count;
  await monitor.look();
  assert.equal(count, seen);
});

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { cliScene, failure } from "./cli-scene.ts";

const { admin, run, put, count, clear } = await cliScene();
beforeEach(clear);

test("list shows unfinished and dead jobs in a table of 80 columns", async () => {
  const id = await put("billing", {
    table: "_dead_jobs",
    attempt: 20,
    died_at: new Date(Date.now() - 200_000),
    errors: failure("PROVIDER_TIMEOUT", `No answer\u001b[31m\n${"from the provider ".repeat(20)}`),
  });
  await put("ordering", {
    kind: "expireOrdersThatNobodyHasPaidForWithinThirtyMinutes",
    queue: "a-queue-with-a-long-name",
  });
  await put("ordering", { table: "_finished_jobs" });
  const { code, stdout, stderr } = await run("jobs", "list");
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.length, 3);
  for (const line of lines) assert.ok(line.length <= 80, line);
  assert.match(lines[0]!, /^JOB +STATE +KIND +QUEUE +TRY +AGE +LAST ERROR$/);
  assert.match(lines[1]!, new RegExp(`^${id} +dead +capturePayme\\S+ +default +20/20 +3m +PROVID`));
  assert.ok(!stdout.includes("\u001b"), "colour and control characters are for a terminal");
});

test("list says where its next page begins", async () => {
  for (let each = 0; each < 3; each++) await put("billing");
  const first = await run("jobs", "list", "--limit", "2");
  const cursor = /--after (\S+)/.exec(first.stderr)![1]!;
  const second = await run("jobs", "list", "--limit", "2", "--after", cursor, "--json");
  assert.equal(JSON.parse(second.stdout).jobs.length, 1);
  assert.equal(JSON.parse(second.stdout).next, null);
});

test("what matches nothing ends with 3", async () => {
  for (const words of [
    ["jobs", "list", "--state", "dead"],
    ["jobs", "retry", "--state", "dead"],
    ["jobs", "retry", "--state", "dead", "--yes"],
    ["jobs", "show", "billing:99999999"],
    ["jobs", "resume", "billing.payments"],
    ["schedules", "list"],
    ["schedules", "run", "billing.nightly"],
    ["events", "lag"],
    ["events", "dead"],
    ["events", "replay", "ordering.markOrderPaid", "--since", "2h"],
  ]) {
    const { code, stdout, stderr } = await run(...words);
    assert.equal(code, 3, `${words.join(" ")}: ${stdout}${stderr}`);
  }
});

test("an action first says what it would do, and does it with --yes", async () => {
  await admin.query(
    `insert into billing._dead_jobs (id, seq, queue, kind, payload, max_attempts)
     select nextval('billing._job_ids'), 1, 'default', 'capturePayment', '{}', 1 from generate_series(1, 1234)`,
  );
  await put("billing", { table: "_dead_jobs", kind: "sendReceipt" });
  const words = ["jobs", "retry", "--state", "dead", "--kind", "capturePayment"];
  assert.deepEqual(await run(...words), {
    code: 0,
    stdout: "would retry 1,234 jobs; add --yes\n",
    stderr: "",
  });
  assert.equal(await count("billing._dead_jobs"), 1235);
  assert.deepEqual(await run(...words, "--yes"), { code: 0, stdout: "retried 1,234 jobs\n", stderr: "" });
  assert.equal(await count("billing._dead_jobs"), 1);
  assert.equal(await count("billing._jobs"), 1234);
  const cancelled = await run("jobs", "cancel", "--module", "billing", "--yes", "--json");
  assert.deepEqual(JSON.parse(cancelled.stdout), {
    action: "cancel",
    dryRun: false,
    count: 1234,
    inTheWay: 0,
  });
  assert.equal((await run("jobs", "discard", "--all", "--yes")).stdout, "discarded 1 job\n");
  assert.equal(await count("billing._finished_jobs"), 1235);
});

test("an action without any filter is refused, unless it says --all", async () => {
  await put("billing", { table: "_dead_jobs" });
  const refused = await run("jobs", "discard", "--yes");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^Which jobs\? .*--all/);
  assert.equal((await run("jobs", "discard", "--all", "--queue", "x")).code, 2);
  assert.equal(await count("billing._dead_jobs"), 1);
  assert.equal((await run("jobs", "discard", "--all")).stdout, "would discard 1 job; add --yes\n");
});

test("a job whose unique key is taken is left dead, and the command says so", async () => {
  await put("billing", { table: "_dead_jobs", unique_key: "a" });
  await put("billing", { unique_key: "a" });
  const { code, stdout, stderr } = await run("jobs", "retry", "--state", "dead", "--yes");
  assert.deepEqual([code, stdout], [1, "retried 0 jobs\n"]);
  assert.match(stderr, /^1 left dead: a newer job has the same unique key/);
});

test("show tells everything about one job", async () => {
  const id = await put("billing", {
    table: "_dead_jobs",
    attempt: 20,
    errors: failure("CARD", "declined"),
    tags: ["vip"],
  });
  const { code, stdout } = await run("jobs", "show", id);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /state +dead\nkind +billing\.capturePayment\nqueue +default, priority 0\nattempt +20 of 20\n/,
  );
  assert.match(stdout, /tags +vip\n/);
  assert.match(stdout, /payload +\{\n +"order": "o-1"\n +\}\n/);
  assert.match(stdout, /error +attempt 1 at 2026-05-04T10:00:00Z: CARD\n +declined\n/);
  const asJson = JSON.parse((await run("jobs", "show", id, "--json")).stdout);
  assert.deepEqual([asJson.id, asJson.payload, asJson.errors[0].message], [id, { order: "o-1" }, "declined"]);
});

test("stats count by module, queue, kind and state", async () => {
  await put("billing");
  await put("billing");
  await put("ordering", { worker: 1, attempt: 1 });
  await run("jobs", "pause", "billing.payments", "--by", "ann");
  const { code, stdout } = await run("jobs", "stats");
  assert.equal(code, 0);
  assert.match(stdout, /^MODULE +QUEUE +KIND +STATE +JOBS +OLDEST$/m);
  assert.match(stdout, /^billing +default +capturePayment +available +2 +\d+s$/m);
  assert.match(stdout, /^ordering +default +capturePayment +running +1 +\d+s$/m);
  assert.match(stdout, /^billing: about [\d,]+ finished$/m);
  assert.match(stdout, /^billing: queue payments is paused since \S+ by ann$/m);
  const { kinds } = JSON.parse((await run("jobs", "stats", "--module", "ordering", "--json")).stdout);
  assert.deepEqual(
    kinds.map((each: { module: string }) => each.module),
    ["ordering"],
  );
});

test("pause and resume act on queues by their names", async () => {
  const paused = await run("jobs", "pause", "billing.payments", "ordering.default", "--by", "ann");
  assert.deepEqual([paused.code, paused.stdout], [0, "paused billing.payments\npaused ordering.default\n"]);
  assert.match(paused.stderr, /No job of billing\.payments is there or was lately/);
  assert.deepEqual((await run("jobs", "pause", "billing.payments")).code, 3);
  const resumed = await run("jobs", "resume", "billing.payments", "--json");
  assert.deepEqual(JSON.parse(resumed.stdout), { resumed: ["billing.payments"] });
  assert.equal((await run("jobs", "pause", "payments")).code, 2);
});

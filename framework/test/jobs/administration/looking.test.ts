import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { QueueAdministration } from "../../../src/jobs/administration/administration.ts";
import type { JobFilter } from "../../../src/jobs/administration/job-filter.ts";
import { failure, queueScene } from "./queue-scene.ts";

const scene = await queueScene();
const { administration, put } = scene;
beforeEach(() => scene.clear());

const HOUR = 3_600_000;
const found = async (filter: JobFilter) =>
  (await administration.list(filter)).jobs.map(({ id }) => id).sort();

test("the app and its modules are found in the database alone", () => {
  assert.equal(administration.app, "queue_lab");
  assert.deepEqual(administration.modules, ["billing", "user"]);
});

test("a database without an app is refused", async () => {
  const url = new URL(scene.url);
  url.pathname = "/postgres";
  await assert.rejects(QueueAdministration.open(url.href), { code: "ASHLAR_NOT_INSTALLED" });
});

test("each state is told from the columns", async () => {
  const soon = new Date(Date.now() + HOUR);
  const ids = {
    scheduled: `billing:${await put("billing", { run_at: soon })}`,
    available: `billing:${await put("billing")}`,
    waiting: `billing:${await put("billing", { run_at: "infinity" })}`,
    running: `user:${await put("user", { worker: 1, attempt: 1 })}`,
    retryable: `user:${await put("user", { run_at: soon, attempt: 1 })}`,
    dead: `user:${await put("user", { table: "_dead_jobs" })}`,
    completed: `user:${await put("user", { table: "_finished_jobs" })}`,
    cancelled: `user:${await put("user", { table: "_finished_jobs", state: "cancelled" })}`,
  };
  for (const [state, id] of Object.entries(ids)) {
    assert.deepEqual(await found({ states: [state as keyof typeof ids] }), [id], state);
    assert.equal((await administration.list({ ids: [id] })).jobs[0]!.state, state);
  }
  assert.deepEqual(await found({ states: ["dead", "running"] }), [ids.running, ids.dead].sort());
});

test("every condition of a filter narrows it", async () => {
  const pay = `billing:${await put("billing", {
    table: "_dead_jobs",
    queue: "payments",
    tenant: "acme",
    tags: ["vip", "eu"],
    errors: failure("PROVIDER_TIMEOUT", "No answer within 5 s from 100%_sure"),
    died_at: new Date(Date.now() - 3 * HOUR),
  })}`;
  const delivery = `billing:${await put("billing", { table: "_dead_jobs", kind: "on.markPaid", errors: failure("X", "timeout") })}`;
  const other = `user:${await put("user", { kind: "onboard" })}`;
  assert.deepEqual(await found({ modules: ["user"] }), [other]);
  assert.deepEqual(await found({ queues: ["payments"] }), [pay]);
  assert.deepEqual(await found({ kinds: ["on.*"] }), [delivery]);
  assert.deepEqual(await found({ kinds: ["on.*", "pay"] }), [pay, delivery].sort());
  assert.deepEqual(await found({ kinds: ["p_y"] }), []);
  assert.deepEqual(await found({ tenant: "acme" }), [pay]);
  assert.deepEqual(await found({ tag: "eu" }), [pay]);
  assert.deepEqual(await found({ error: "timeout" }), [pay, delivery].sort());
  assert.deepEqual(await found({ error: "100%_SURE" }), [pay]);
  assert.deepEqual(await found({ error: "of no interest" }), []);
  assert.deepEqual(await found({ olderThanMs: 2 * HOUR }), [pay]);
  assert.deepEqual(await found({ youngerThanMs: 2 * HOUR, modules: ["billing"] }), [delivery]);
  assert.deepEqual(await found({ ids: [pay, other] }), [pay, other].sort());
  assert.deepEqual(await found({ ids: [pay], tenant: "other" }), []);
});

test("a list goes on where its last page ended, through all modules and tables", async () => {
  for (let each = 0; each < 5; each++) {
    await put("billing");
    await put("billing", { table: "_finished_jobs" });
    await put("user", { table: "_dead_jobs" });
  }
  const all = (await administration.list({}, { limit: 100 })).jobs.map(({ id }) => id);
  assert.equal(all.length, 15);
  const paged: string[] = [];
  for (let after: string | null = null; ; ) {
    const page = await administration.list({}, { limit: 4, after });
    paged.push(...page.jobs.map(({ id }) => id));
    if (page.next === null) break;
    assert.equal(page.jobs.length, 4);
    after = page.next;
  }
  assert.deepEqual(paged, all);
  await assert.rejects(administration.list({}, { after: "nonsense" }), { code: "ASHLAR_JOB_CURSOR_INVALID" });
});

test("a count ends at its bound", async () => {
  for (let each = 0; each < 5; each++) await put("billing", { table: "_finished_jobs" });
  assert.deepEqual(await administration.count({}, 3), { count: 3, isAtLeast: true });
  assert.deepEqual(await administration.count({}, 100), { count: 5, isAtLeast: false });
});

test("a job is shown whole, wherever it is", async () => {
  await scene.admin.query(
    "insert into ashlar.workers (id, host, pid) overriding system value values (77, 'box', 4711)",
  );
  const first = await put("billing", { has_dependents: true });
  const running = await put("billing", {
    worker: 77,
    attempt: 2,
    claimed_at: new Date(),
    progress: { done: 3 },
    payload: { order: "o-1" },
    origin: { schedule: "nightly" },
    errors: failure("CARD", "declined"),
    order_key: "order:pay:o-1",
  });
  await scene.admin.query(
    `insert into billing._job_dependencies (depends_on, job, settles) values (${first}, ${running}, false)`,
  );
  await scene.admin.query(
    `insert into billing._job_cancellations (job, worker, reason) values (${running}, 77, 'no')`,
  );
  const job = await administration.show(`billing:${running}`);
  assert.deepEqual(
    [job!.state, job!.worker, job!.progress, job!.payload, job!.waitsFor, job!.cancellation!.reason],
    [
      "running",
      { id: 77, host: "box", pid: 4711 },
      { done: 3 },
      { order: "o-1" },
      [`billing:${first}`],
      "no",
    ],
  );
  assert.equal(job!.errors[1]!.code, "CARD");
  assert.deepEqual((await administration.show(`billing:${first}`))!.awaitedBy, [`billing:${running}`]);
  const finished = await put("user", { table: "_finished_jobs", output: { sent: 2 } });
  assert.deepEqual((await administration.show(`user:${finished}`))!.output, { sent: 2 });
  const dead = await put("user", { table: "_dead_jobs" });
  assert.equal((await administration.show(`user:${dead}`))!.state, "dead");
  assert.equal(await administration.show("billing:999999"), null);
});

test("statistics tell what is there by module, queue, kind and state", async () => {
  await put("billing", { enqueued_at: new Date(Date.now() - HOUR) });
  await put("billing");
  await put("billing", { worker: 1 });
  await put("user", { table: "_dead_jobs", queue: "mail", kind: "send" });
  await scene.admin.query(
    "insert into billing._finished_jobs (id, state, queue, priority, kind, payload, attempt, crashes, enqueued_at) select n, 'completed', 'default', 0, 'pay', '{}', 1, 0, now() from generate_series(1, 300) n",
  );
  await scene.admin.query("analyze billing._finished_jobs");
  await administration.pauseQueue("user", "mail", "ann");
  const { kinds, finished, paused } = await administration.stats();
  assert.deepEqual(
    kinds.map(({ module, queue, kind, state, count, isAtLeast }) => [
      module,
      queue,
      kind,
      state,
      count,
      isAtLeast,
    ]),
    [
      ["billing", "default", "pay", "available", 2, false],
      ["billing", "default", "pay", "running", 1, false],
      ["user", "mail", "send", "dead", 1, false],
    ],
  );
  assert.ok(kinds[0]!.oldestMs >= HOUR && kinds[0]!.oldestMs < 2 * HOUR);
  assert.ok(finished.find(({ module }) => module === "billing")!.estimate >= 300);
  assert.deepEqual(
    paused.map(({ module, queue, pausedBy }) => [module, queue, pausedBy]),
    [["user", "mail", "ann"]],
  );
});

test("a queue is paused and resumed once, and remembers by whom", async () => {
  assert.equal(await administration.pauseQueue("billing", "payments", "ann"), true);
  assert.equal(await administration.pauseQueue("billing", "payments", "ben"), false);
  assert.equal((await administration.stats()).paused[0]!.pausedBy, "ann");
  assert.equal(await administration.hasSeenQueue("billing", "payments"), false);
  assert.equal(await administration.resumeQueue("billing", "payments"), true);
  assert.equal(await administration.resumeQueue("billing", "payments"), false);
});

test("names that do not exist are refused and not taken for empty", async () => {
  const unknown = { code: "ASHLAR_JOB_MODULE_UNKNOWN" };
  await assert.rejects(administration.list({ modules: ["biling"] }), unknown);
  await assert.rejects(administration.retry({ ids: ["biling:1"] }), unknown);
  await assert.rejects(administration.pauseQueue("biling", "default"), unknown);
  await assert.rejects(administration.list({ ids: ["1042"] }), { code: "ASHLAR_JOB_ID_INVALID" });
});

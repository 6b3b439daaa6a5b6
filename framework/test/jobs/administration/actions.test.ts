import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { eventually } from "ashlar/testing";
import pg from "pg";
import { failure, queueScene } from "./queue-scene.ts";

const scene = await queueScene();
const { administration, put, ids, rows } = scene;
beforeEach(() => scene.clear());

test("a dry run counts what the action is for, and changes nothing", async () => {
  await put("billing", { table: "_dead_jobs" });
  await put("billing", { table: "_dead_jobs", kind: "other" });
  await put("billing");
  const dryRun = { dryRun: true };
  assert.deepEqual((await administration.retry({ kinds: ["pay"] }, dryRun)).wouldDo, {
    count: 1,
    isAtLeast: false,
  });
  assert.deepEqual((await administration.cancel({ kinds: ["pay"] }, dryRun)).wouldDo, {
    count: 1,
    isAtLeast: false,
  });
  assert.deepEqual((await administration.discard({}, dryRun)).wouldDo, { count: 2, isAtLeast: false });
  assert.equal((await ids("billing", "_dead_jobs")).length, 2);
  assert.equal((await ids("billing", "_jobs")).length, 1);
});

test("a dead job that is retried begins anew under its id, at the end of its queue", async () => {
  const dead = await put("user", {
    table: "_dead_jobs",
    attempt: 20,
    crashes: 3,
    errors: failure("CARD", "declined"),
    tags: ["vip"],
    payload: { amount: 5 },
    has_dependents: true,
  });
  assert.deepEqual(await administration.retry({ states: ["dead"] }), { done: 1, inTheWay: 0, wouldDo: null });
  assert.deepEqual(await ids("user", "_dead_jobs"), []);
  const [job] = await rows("user", "_jobs");
  assert.equal(Number(job!.id), dead);
  assert.ok(Number(job!.seq) > dead);
  assert.deepEqual(
    [job!.attempt, job!.crashes, job!.worker, job!.run_at, job!.has_dependents, job!.tags, job!.payload],
    [0, 0, null, null, true, ["vip"], { amount: 5 }],
  );
  assert.equal((job!.errors as unknown[]).length, 2);
});

test("a dead job of a line, or of a tenant, keeps its place", async () => {
  const inLine = await put("billing", { table: "_dead_jobs", order_key: "order:pay:7" });
  const ofTenant = await put("billing", { table: "_dead_jobs", tenant: "acme" });
  await administration.retry({});
  assert.deepEqual(
    (await rows("billing", "_jobs")).map(({ seq }) => Number(seq)),
    [inLine, ofTenant],
  );
});

test("a dead job stays dead when a newer one has its unique key, and the others are retried", async () => {
  const first = await put("billing", { table: "_dead_jobs", unique_key: "pay:1" });
  const second = await put("billing", { table: "_dead_jobs", unique_key: "pay:1" });
  const taken = await put("billing", { table: "_dead_jobs", unique_key: "pay:2" });
  await put("billing", { unique_key: "pay:2" });
  const result = await administration.retry({ states: ["dead"] });
  assert.deepEqual([result.done, result.inTheWay], [1, 2]);
  const left = await ids("billing", "_dead_jobs");
  assert.ok(left.includes(taken));
  assert.equal(left.filter((id) => id === first || id === second).length, 1);
});

test("retry lets those that wait for a time begin now, and leaves waiting and running ones alone", async () => {
  const soon = new Date(Date.now() + 3_600_000);
  const retryable = await put("billing", { run_at: soon, attempt: 1 });
  const scheduled = await put("billing", { run_at: soon });
  const waiting = await put("billing", { run_at: "infinity", dependencies_left: 1 });
  const running = await put("billing", { worker: 1, attempt: 1 });
  assert.equal((await administration.retry({})).done, 2);
  const available = (await rows("billing", "_jobs")).filter(
    ({ run_at, worker }) => run_at === null && worker === null,
  );
  assert.deepEqual(available.map(({ id }) => Number(id)).sort(), [retryable, scheduled].sort());
  assert.equal((await administration.count({ ids: [`billing:${waiting}`], states: ["waiting"] })).count, 1);
  assert.equal((await administration.count({ ids: [`billing:${running}`], states: ["running"] })).count, 1);
});

test("cancel ends what has not begun and asks the workers of what runs", async () => {
  const pending = await put("billing", { errors: failure("X", "y"), attempt: 1, run_at: new Date() });
  const running = await put("billing", { worker: 9, attempt: 1 });
  assert.equal((await administration.cancel({}, { reason: "wrong price" })).done, 2);
  assert.deepEqual(await ids("billing", "_jobs"), [running]);
  const [finished] = await rows("billing", "_finished_jobs");
  assert.deepEqual([Number(finished!.id), finished!.state], [pending, "cancelled"]);
  const [request] = await rows("billing", "_job_cancellations");
  assert.deepEqual([Number(request!.job), request!.worker, request!.reason], [running, 9, "wrong price"]);
});

async function waitFor(module: string, dependsOn: number, job: number, settles: boolean): Promise<void> {
  await scene.admin.query(
    `insert into "${module}"._job_dependencies (depends_on, job, settles) values ($1, $2, $3)`,
    [dependsOn, job, settles],
  );
}

test("who needs a cancelled job is cancelled with it, who only waits for its end may run", async () => {
  const first = await put("billing", { has_dependents: true });
  const needing = await put("billing", { run_at: "infinity", dependencies_left: 1, has_dependents: true });
  const last = await put("billing", { run_at: "infinity", dependencies_left: 1 });
  const tidying = await put("billing", { run_at: "infinity", dependencies_left: 1 });
  await waitFor("billing", first, needing, false);
  await waitFor("billing", needing, last, false);
  await waitFor("billing", first, tidying, true);
  assert.equal((await administration.cancel({ ids: [`billing:${first}`] })).done, 1);
  assert.deepEqual(await ids("billing", "_finished_jobs"), [first, needing, last]);
  const [left] = await rows("billing", "_jobs");
  assert.deepEqual(
    [Number(left!.id), left!.run_at, left!.dependencies_left, left!.dependencies_failed],
    [tidying, null, 0, 1],
  );
  assert.deepEqual(await rows("billing", "_job_dependencies"), []);
});

test("discarding a dead job gives up those that need it", async () => {
  const dead = await put("billing", { table: "_dead_jobs", has_dependents: true, errors: failure("X", "y") });
  const needing = await put("billing", { run_at: "infinity", dependencies_left: 1 });
  await waitFor("billing", dead, needing, false);
  assert.equal((await administration.discard({ states: ["dead"] })).done, 1);
  assert.deepEqual(await ids("billing", "_jobs"), []);
  assert.deepEqual(
    (await rows("billing", "_finished_jobs")).map(({ id, state }) => [Number(id), state]),
    [
      [dead, "cancelled"],
      [needing, "cancelled"],
    ],
  );
});

test("when the first in a line is cancelled, the next one's turn comes", async () => {
  const first = await put("billing", {
    order_key: "order:pay:7",
    run_at: new Date(Date.now() + 60_000),
    attempt: 1,
  });
  const next = await put("billing", { order_key: "order:pay:7", run_at: "infinity" });
  const third = await put("billing", { order_key: "order:pay:7", run_at: "infinity" });
  await scene.admin.query("insert into billing._job_gates (key) values ('order:pay:7')");
  await administration.cancel({ ids: [`billing:${first}`] });
  assert.deepEqual(
    (await rows("billing", "_jobs")).map(({ id, run_at }) => [Number(id), run_at]),
    [
      [next, null],
      [third, Number.POSITIVE_INFINITY],
    ],
  );
});

test("many jobs go in batches, each reported, and it can be stopped between two", async () => {
  const fill = () =>
    scene.admin.query(
      `insert into billing._dead_jobs (id, seq, queue, kind, payload, max_attempts)
       select nextval('billing._job_ids'), 1, 'default', 'pay', '{}', 1 from generate_series(1, 2500)`,
    );
  await fill();
  const reported: number[] = [];
  const result = await administration.discard({}, { onProgress: ({ done }) => reported.push(done) });
  assert.deepEqual(reported, [1000, 2000, 2500]);
  assert.equal(result.done, 2500);
  await fill();
  const stop = new AbortController();
  await assert.rejects(administration.discard({}, { signal: stop.signal, onProgress: () => stop.abort() }), {
    name: "AbortError",
  });
  assert.equal((await ids("billing", "_dead_jobs")).length, 1500);
});

test("workers are told where there is something new", async () => {
  const listener = new pg.Client(scene.url);
  await listener.connect();
  try {
    const heard: string[] = [];
    listener.on("notification", ({ payload }) => heard.push(payload!));
    await listener.query("listen ashlar_jobs");
    await put("billing", { table: "_dead_jobs", queue: "slow" });
    const running = await put("billing", { worker: 3, kind: "run" });
    await administration.retry({ states: ["dead"] });
    await administration.cancel({ kinds: ["run"] });
    await eventually("both notifications have come", () => heard.length === 2);
    assert.deepEqual(heard, ["jobs:billing:slow", `cancel:billing:${running}`]);
  } finally {
    await listener.end();
  }
});

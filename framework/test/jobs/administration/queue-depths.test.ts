import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { queueDepths } from "../../../src/jobs/administration/queue-depths.ts";
import { queueScene } from "./queue-scene.ts";

const scene = await queueScene("depth_lab");
const { administration, admin, put } = scene;
beforeEach(() => scene.clear());

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);
const depths = (atMost = 100) => queueDepths(administration.execute, administration.modules, atMost);

test("where nothing is there, nothing is found", async () => {
  assert.deepEqual(await depths(), []);
});

test("what is ready or dead is counted by module and queue, what runs or waits is not", async () => {
  await put("billing", { enqueued_at: ago(5) });
  await put("billing", { enqueued_at: ago(3) });
  await put("billing", { worker: 1, attempt: 1, enqueued_at: ago(60) });
  await put("billing", { run_at: "infinity", enqueued_at: ago(60) });
  await put("billing", { run_at: new Date(Date.now() + MINUTE), enqueued_at: ago(60) });
  await put("billing", { table: "_dead_jobs", queue: "payments" });
  await put("user", { queue: "mail", enqueued_at: ago(1) });
  await put("user", { table: "_dead_jobs", queue: "mail" });
  await put("user", { table: "_finished_jobs", queue: "mail" });
  const found = (await depths()).sort((a, b) => (a.module + a.queue < b.module + b.queue ? -1 : 1));
  assert.deepEqual(
    found.map(({ readyAgeMs, ...rest }) => ({
      ...rest,
      minutes: readyAgeMs === null ? null : Math.floor(readyAgeMs / MINUTE),
    })),
    [
      { module: "billing", queue: "default", ready: 2, dead: 0, minutes: 5 },
      { module: "billing", queue: "payments", ready: 0, dead: 1, minutes: null },
      { module: "user", queue: "mail", ready: 1, dead: 1, minutes: 1 },
    ],
  );
});

test("a queue in which everything runs has nothing ready", async () => {
  await put("billing", { worker: 1, attempt: 1, enqueued_at: ago(60) });
  assert.deepEqual(await depths(), [
    { module: "billing", queue: "default", ready: 0, readyAgeMs: null, dead: 0 },
  ]);
});

test("the age is that of the oldest over all priorities", async () => {
  await put("billing", { priority: -1, enqueued_at: ago(1) });
  await put("billing", { priority: 5, enqueued_at: ago(30) });
  await put("billing", { priority: 9, enqueued_at: ago(2) });
  const [found] = await depths();
  assert.equal(Math.floor(found!.readyAgeMs! / MINUTE), 30);
  assert.equal(found!.ready, 3);
});

test("counting stops, and no step of the plan goes further", async () => {
  await admin.query(`insert into billing._jobs (id, seq, queue, kind, payload, max_attempts, priority)
    select n, n, 'q' || n % 3, 'pay', '{}', 20, n % 2 from generate_series(1, 30000) n`);
  await admin.query("analyze billing._jobs");
  const found = await depths(500);
  assert.deepEqual(
    found.map(({ queue, ready }) => [queue, ready]).sort(),
    ["q0", "q1", "q2"].map((queue) => [queue, 500]),
  );
  const texts: string[] = [];
  await queueDepths(
    async (statement) => {
      texts.push(statement.text);
      return { rows: [], rowCount: 0 } as never;
    },
    ["billing"],
    500,
  );
  const { rows } = await admin.query<{ "QUERY PLAN": [{ Plan: object }] }>(
    `explain (analyze, buffers, format json) ${texts[0]!.replaceAll("$1::integer", "500")}`,
  );
  const plan = JSON.stringify(rows[0]!["QUERY PLAN"][0].Plan);
  const most = Math.max(
    ...[...plan.matchAll(/"(?:Actual Rows|Rows Removed by Filter)":([0-9.]+)/g)].map(([, count]) =>
      Number(count),
    ),
  );
  assert.ok(most <= 500, `a step of the plan has ${most} rows`);
});

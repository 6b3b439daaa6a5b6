import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { JobFilter } from "../../../src/jobs/index.ts";
import { failure, queueScene } from "./queue-scene.ts";

const scene = await queueScene("search_lab");
const { administration, admin, put } = scene;
beforeEach(() => scene.clear());

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

/** The ids of all pages, and how many pages that took. */
async function searchAll(
  filter: JobFilter,
  page: { limit?: number; lookAtMost?: number; takeAtMostMs?: number } = {},
) {
  const ids: string[] = [];
  let pages = 0;
  let after: string | null = null;
  do {
    const found = await administration.search(filter, { ...page, after });
    ids.push(...found.jobs.map(({ id }) => id));
    after = found.next;
    pages++;
  } while (after !== null);
  return { ids, pages };
}

test("dead jobs come first, then the unfinished, then the past; the newest of each first", async () => {
  await put("billing", { table: "_finished_jobs" });
  await put("billing");
  await put("billing");
  await put("billing", { table: "_dead_jobs" });
  await put("user", { table: "_dead_jobs" });
  const { jobs, next } = await administration.search({});
  assert.deepEqual(
    jobs.map(({ module, state }) => `${module} ${state}`),
    ["billing dead", "user dead", "billing available", "billing available", "billing completed"],
  );
  assert.equal(next, null);
});

test("every job of a filter is found once, however many pages that takes", async () => {
  for (let n = 0; n < 30; n++) {
    await put("billing", { kind: n % 3 === 0 ? "rare" : "pay" });
    await put("user", {
      table: n % 2 === 0 ? "_dead_jobs" : "_finished_jobs",
      kind: n % 5 === 0 ? "rare" : "pay",
    });
  }
  for (const limit of [1, 4, 7, 100]) {
    const { ids } = await searchAll({ kinds: ["rare"] }, { limit });
    assert.equal(ids.length, 16, `${limit} a page`);
    assert.equal(new Set(ids).size, 16);
  }
});

test("who asks for what is old gets the oldest first", async () => {
  const [old, older] = [
    await put("billing", { enqueued_at: ago(90) }),
    await put("billing", { enqueued_at: ago(80) }),
  ];
  await put("billing", { enqueued_at: ago(1) });
  const { jobs } = await administration.search({ olderThanMs: 60 * MINUTE });
  assert.deepEqual(
    jobs.map(({ id }) => id),
    [`billing:${old}`, `billing:${older}`],
  );
});

test("what runs is found behind any number of jobs that wait", async () => {
  await admin.query(`insert into billing._jobs (id, seq, queue, kind, payload, max_attempts)
    select n, n, 'default', 'pay', '{}', 20 from generate_series(100, 6000) n`);
  await admin.query("update billing._jobs set worker = 1, attempt = 1 where id = 100");
  const { jobs, next } = await administration.search({ states: ["running"] }, { lookAtMost: 500 });
  assert.deepEqual([jobs.map(({ id }) => id), next], [["billing:100"], null]);
});

test("ids are found wherever they are", async () => {
  const dead = await put("billing", { table: "_dead_jobs" });
  const done = await put("user", { table: "_finished_jobs" });
  const { ids } = await searchAll({ ids: [`billing:${dead}`, `user:${done}`, "user:99999"] });
  assert.deepEqual(ids, [`billing:${dead}`, `user:${done}`]);
});

test("a cursor that nobody gave out is refused", async () => {
  await assert.rejects(administration.search({}, { after: "d.billing" }), {
    code: "ASHLAR_JOB_CURSOR_INVALID",
  });
});

test("jobs are counted by what could be done to them", async () => {
  await put("billing", { table: "_dead_jobs", errors: failure("CARD", "declined") });
  await put("billing", { table: "_dead_jobs", errors: failure("CARD", "stolen") });
  await put("billing", { run_at: "infinity" });
  await put("user", { table: "_finished_jobs" });
  const bounds = { atMost: 100, lookAtMost: 10_000 };
  const { retry, cancel, discard, ...all } = await administration.countFound({}, bounds);
  assert.deepEqual(all, { count: 4, isAtLeast: false, amongNewest: null });
  assert.deepEqual([retry.count, cancel.count, discard.count], [2, 1, 2]);
  assert.equal((await administration.countFor("discard", { error: "stolen" }, bounds)).count, 1);
});

describe("among many jobs", () => {
  beforeEach(async () => {
    await admin.query("truncate billing._jobs, billing._finished_jobs");
    await admin.query(`insert into billing._jobs (id, seq, queue, kind, payload, max_attempts, run_at)
      select n, n, 'q' || n % 3, case when n <= 8000 then 'on.often' else 'pay' end, '{}', 20, case n % 4 when 0 then 'infinity'::timestamptz when 1 then now() + interval '1 day' end
      from generate_series(1, 20000) n`);
    await admin.query(`insert into billing._finished_jobs (id, state, queue, priority, kind, payload, attempt, crashes, enqueued_at)
      select n, 'completed', 'q', 0, 'pay', '{}', 1, 0, now() from generate_series(30000, 60000) n`);
    await admin.query("vacuum analyze billing._jobs, billing._finished_jobs");
  });

  test("a page that finds nothing says how much it looked at, and the next goes on from there", async () => {
    const first = await administration.search({ kinds: ["nobody"] }, { lookAtMost: 4_000 });
    assert.deepEqual([first.jobs.length, first.next === null], [0, false]);
    assert.ok(first.lookedAt > 1_000 && first.lookedAt <= 5_000, `it looked at ${first.lookedAt}`);
    const { ids, pages } = await searchAll({ kinds: ["nobody"] }, { lookAtMost: 20_000 });
    assert.deepEqual([ids.length, pages > 1, pages < 10], [0, true, true]);
  });

  test("a count ends at its bound, or among how many it was made", async () => {
    const bounds = { atMost: 500, lookAtMost: 2_000 };
    assert.deepEqual(await administration.countFor("cancel", {}, bounds), {
      count: 500,
      isAtLeast: true,
      amongNewest: null,
    });
    const none = await administration.countFor("cancel", { kinds: ["nobody"] }, bounds);
    assert.deepEqual([none.count, none.isAtLeast], [0, true]);
    assert.ok(none.amongNewest! <= 2_000);
  });

  test("the bound is for all modules and tables together", async () => {
    await admin.query(`insert into "user"._finished_jobs (id, state, queue, priority, kind, payload, attempt, crashes, enqueued_at)
      select n, 'completed', 'q', 0, 'pay', '{}', 1, 0, now() from generate_series(1, 6000) n`);
    const filter = { kinds: ["nobody"] };
    const page = await administration.search(filter, { lookAtMost: 6_000 });
    assert.ok(page.lookedAt > 3_000 && page.lookedAt <= 6_000, `it looked at ${page.lookedAt}`);
    const count = await administration.countFound(filter, { atMost: 500, lookAtMost: 6_000 });
    assert.ok(
      count.amongNewest! > 3_000 && count.amongNewest! <= 6_000,
      `it counted among ${count.amongNewest}`,
    );
  });

  test("when the time is over, a page ends with what it has, and the next goes on from there", async () => {
    await admin.query("update billing._jobs set kind = 'rare' where id in (1, 9000, 19999)");
    await admin.query("update billing._finished_jobs set kind = 'rare' where id = 40000");
    const filter = { kinds: ["rare"] };
    const first = await administration.search(filter, { takeAtMostMs: 0 });
    assert.ok(first.next !== null && first.lookedAt <= 4_000, `it looked at ${first.lookedAt}`);
    const { ids, pages } = await searchAll(filter, { takeAtMostMs: 0 });
    assert.deepEqual(ids.toSorted(), ["billing:1", "billing:19999", "billing:40000", "billing:9000"]);
    assert.ok(pages > 5, `it took ${pages} pages`);
    const count = await administration.countFound(filter, {
      atMost: 500,
      lookAtMost: 50_000,
      takeAtMostMs: 0,
    });
    assert.deepEqual([count.count <= 1, count.isAtLeast], [true, true]);
  });

  test("the few that wait for their time are found in front of and behind any number of others", async () => {
    await admin.query("delete from billing._jobs where id % 4 = 1 and id not in (1, 19997)");
    await admin.query("update billing._jobs set attempt = 1 where id = 1");
    const find = async (filter: JobFilter) =>
      (await administration.search(filter, { lookAtMost: 500 })).jobs.map(({ id }) => id);
    assert.deepEqual(await find({ states: ["scheduled", "retryable"] }), ["billing:19997", "billing:1"]);
    assert.deepEqual(await find({ states: ["retryable"] }), ["billing:1"]);
  });

  test("no step of any plan reads further than the bound", async () => {
    const texts: { text: string; values: readonly unknown[] }[] = [];
    const { searchJobs, countFound } = await import("../../../src/jobs/administration/job-search.ts");
    const { queuesOverview } = await import("../../../src/jobs/administration/queue-overview.ts");
    const execute = (async (statement: { text: string; values: readonly unknown[] }) => {
      texts.push(statement);
      const { rows, rowCount } = await admin.query(statement.text, [...statement.values]);
      return { rows, rowCount };
    }) as never;
    const page = { limit: 50, after: null, lookAtMost: 1_000 };
    for (const filter of [
      {},
      { kinds: ["nobody"] },
      { kinds: ["on.nobody"] },
      { error: "nothing" },
      { states: ["retryable"] },
      { states: ["scheduled", "retryable"], kinds: ["nobody"] },
      { states: ["waiting"], kinds: ["nobody"] },
      { states: ["retryable"], kinds: ["on.nobody"] },
      { kinds: ["on.often"], tag: "nowhere" },
      { kinds: ["on.often"], tag: "nowhere", olderThanMs: 1_000 },
      { olderThanMs: 1_000, kinds: ["nobody"] },
      { youngerThanMs: 60_000, kinds: ["nobody"] },
    ] satisfies JobFilter[]) {
      await searchJobs(execute, ["billing"], filter, page);
      await countFound(execute, ["billing"], filter, { atMost: 500, lookAtMost: 1_000 });
    }
    await queuesOverview(execute, ["billing"], 500);
    for (const { text, values } of texts) {
      const { rows } = await admin.query(`explain (analyze, format json) ${text}`, [...values]);
      const plan = JSON.stringify(rows[0]["QUERY PLAN"][0].Plan);
      const steps = [...plan.matchAll(/"(?:Actual Rows|Rows Removed by Filter)":([0-9.]+)/g)];
      const most = Math.max(...steps.map(([, count]) => Number(count)));
      assert.ok(most <= 1_000, `a step of the plan has ${most} rows:\n${text}`);
    }
  });
});

test("the overview counts every state of a queue, and knows what is paused", async () => {
  await put("billing", { enqueued_at: ago(5) });
  await put("billing", { worker: 1, attempt: 1 });
  await put("billing", { run_at: "infinity" });
  await put("billing", { run_at: "infinity" });
  await put("billing", { run_at: new Date(Date.now() + MINUTE) });
  await put("billing", { run_at: new Date(Date.now() + MINUTE), attempt: 2 });
  await put("billing", { table: "_dead_jobs" });
  await put("user", { queue: "mail", run_at: "infinity" });
  await administration.pauseQueue("user", "empty", "ada");
  const { queues, paused } = await administration.overview(100);
  const counts = queues.map(({ module, queue, ready, running, waiting, scheduled, retrying, dead }) => [
    `${module}.${queue}`,
    ...[ready, running, waiting, scheduled, retrying, dead].map(({ count }) => count),
  ]);
  assert.deepEqual(counts, [
    ["billing.default", 1, 1, 2, 1, 1, 1],
    ["user.empty", 0, 0, 0, 0, 0, 0],
    ["user.mail", 0, 0, 1, 0, 0, 0],
  ]);
  assert.equal(Math.floor(queues[0]!.readyAgeMs! / MINUTE), 5);
  assert.deepEqual(
    paused.map(({ queue, pausedBy }) => [queue, pausedBy]),
    [["empty", "ada"]],
  );
});

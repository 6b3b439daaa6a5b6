import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { eventually } from "ashlar/testing";
import type { AuditPage } from "../../api/audit.ts";
import type { JobPageView, Queues, Schedules } from "../../api/jobs.ts";
import { lost, openPostOffice } from "./post-office.ts";

const office = await openPostOffice();
beforeEach(async () => {
  lost.clear();
  await office.sql("delete from letters._jobs");
  await office.sql("delete from letters._dead_jobs");
  await office.sql("delete from letters._finished_jobs");
});

/** Dead letters, as they stand there when nobody knew the addressee. */
const bury = (count: number, kind = "send") =>
  office.sql(
    `insert into letters._dead_jobs (id, seq, queue, kind, payload, max_attempts, attempt, errors)
     select n, n, 'express', $2, '{"to": "nemo", "how": "plain"}', 1, 1,
       '[{"attempt": 1, "at": "2026-05-04T10:00:00Z", "code": "Error", "message": "unknown"}]'
     from (select nextval('letters._job_ids') as n from generate_series(1, $1)) numbers`,
    [count, kind],
  );
const countOf = async (table: string) =>
  Number((await office.sql<{ count: string }>(`select count(*) from letters.${table}`))[0]!.count);
const latestAction = async () => (await office.get<AuditPage>("/audit")).actions[0]!;

test("a dry run counts, does nothing and leaves no trace in the audit", async () => {
  await bury(3);
  const before = (await latestAction().catch(() => undefined))?.id;
  const found = await office.dryRun("/jobs/discard", { filter: { module: ["letters"], state: ["dead"] } });
  assert.deepEqual([found.id, found.count, found.isAtLeast], [null, 3, false]);
  assert.equal(found.summary, "would discard 3 jobs");
  assert.equal(await countOf("_dead_jobs"), 3);
  assert.equal((await latestAction().catch(() => undefined))?.id, before);
});

test("a retry of 2,500 dead jobs goes over the whole filter, and workers do them", async () => {
  await bury(2_500);
  await bury(2, "other");
  const done = await office.act(
    "/jobs/retry",
    { filter: { kind: ["send"], state: ["dead"] } },
    "the address is known",
  );
  assert.deepEqual([done.count, done.summary], [2_500, "retried 2,500 jobs"]);
  assert.equal(await countOf("_dead_jobs"), 2);
  await eventually("all letters are sent", async () => (await countOf("_finished_jobs")) === 2_500);
  const { actor, action, reason, count, state, input } = await latestAction();
  assert.deepEqual(
    [actor, action, reason, count, state],
    ["account:operator", "jobs.retry", "the address is known", 2_500, "done"],
  );
  assert.deepEqual(input, { kinds: ["send"], states: ["dead"] });
});

test("jobs whose unique key is taken are left dead, and that is said", async () => {
  lost.add("nemo");
  await office.post("nemo", "remind");
  await eventually("the reminder has died", async () => (await countOf("_dead_jobs")) === 1);
  await office.act("/queues/pause", { module: "letters", queue: "default" });
  await office.post("nemo", "remind");
  const done = await office.act("/jobs/retry", { filter: { kind: ["remind"] } });
  assert.equal(done.count, 0);
  assert.match(done.summary, /1 job left dead, since a newer unfinished job has the same unique key/);
  await office.act("/queues/resume", { module: "letters", queue: "default" });
});

test("cancelling ends what waits and stops what runs", async () => {
  await office.post("anna", "late");
  await office.post("bert", "slow");
  await office.slowBegan;
  const done = await office.act("/jobs/cancel", { filter: { module: ["letters"], kind: ["send"] } });
  assert.equal(done.count, 2);
  await eventually("both have ended as cancelled", async () => {
    const { jobs } = await office.get<JobPageView>("/jobs?state=cancelled&kind=send");
    return jobs.length === 2;
  });
});

test("single jobs are meant by their ids", async () => {
  await bury(3);
  const { jobs } = await office.get<JobPageView>("/jobs?state=dead");
  const done = await office.act("/jobs/discard", { filter: { id: [jobs[0]!.id, jobs[2]!.id] } });
  assert.equal(done.count, 2);
  assert.deepEqual(
    (await office.get<JobPageView>("/jobs?state=dead")).jobs.map(({ id }) => id),
    [jobs[1]!.id],
  );
});

test("a paused queue says who paused it, and goes on when it is resumed", async () => {
  const place = { module: "letters", queue: "express" };
  const isPaused = async () =>
    (await office.get<Queues>("/queues")).queues.find(({ queue }) => queue === "express")!.paused;
  assert.equal((await office.dryRun("/queues/resume", place)).count, 0);
  assert.equal((await office.dryRun("/queues/pause", place)).count, 1);
  assert.equal(await isPaused(), null);
  await office.act("/queues/pause", place);
  assert.equal((await isPaused())!.by, "account:operator");
  assert.equal((await office.dryRun("/queues/pause", place)).count, 0);
  await office.act("/queues/resume", place);
  assert.equal(await isPaused(), null);
  await office.post("anna");
  await eventually("the letter is sent", async () => (await countOf("_finished_jobs")) === 1);
});

test("a schedule is paused, resumed and run at once", async () => {
  const schedule = { module: "letters", names: ["everyHour"] };
  const paused = async () => (await office.get<Schedules>("/schedules")).schedules[0]!.paused;
  await office.act("/schedules/pause", schedule);
  assert.equal((await paused())!.by, "account:operator");
  await office.act("/schedules/resume", schedule);
  assert.equal(await paused(), null);
  const done = await office.act("/schedules/run", schedule);
  assert.equal(done.summary, "asked a worker to run letters.everyHour");
  await eventually("its job has run", async () => {
    const { jobs } = await office.get<JobPageView>("/jobs?kind=remind&state=completed");
    return jobs.length === 1;
  });
});

test("a reader is refused, and so is what makes no sense", async () => {
  await bury(1);
  const filter = { state: ["dead"] };
  const reader = await office.refusalOf("/jobs/retry", { filter, reason: "I want it" }, "support");
  assert.equal(reader.status, 403);
  for (const [path, body, text] of [
    ["/jobs/discard", { filter: {} }, /choose a module at least/],
    ["/jobs/cancel", { filter: { state: ["available"], olderThan: "1h" } }, /choose a module at least/],
    ["/jobs/retry", {}, /filter/],
    ["/jobs/retry", { filter: { modul: ["letters"] } }, /is no filter/],
    ["/jobs/retry", { filter: { module: "letters" } }, /is a list of texts/],
    ["/queues/pause", { module: "letters", queue: "nowhere" }, /There is no queue letters.nowhere/],
    ["/queues/pause", { module: "letters" }, /body\/queue/],
    ["/schedules/run", { module: "letters", names: ["never"] }, /There is no schedule letters.never/],
  ] as const) {
    const refusal = await office.refusalOf(path, { ...body, reason: "a test wants it" });
    assert.equal(refusal.status, 400, path);
    assert.match(refusal.text, text);
  }
  assert.equal(await countOf("_dead_jobs"), 1);
});

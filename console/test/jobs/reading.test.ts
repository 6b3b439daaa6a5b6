import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually } from "ashlar/testing";
import type { JobCount, JobPageView, JobView, Queues, Schedules } from "../../api/jobs.ts";
import { lost, openPostOffice } from "./post-office.ts";

const office = await openPostOffice();
before(async () => {
  lost.add("nemo");
  await office.post("nemo");
  await office.post("anna");
  await office.post("bert", "late");
  await eventually("both letters have ended", async () => {
    const { jobs } = await office.get<JobPageView>("/jobs?state=dead,completed&kind=send");
    return jobs.length === 2;
  });
});

const queue = async (module: string, name: string) => {
  const { queues } = await office.get<Queues>("/queues");
  return queues.find((each) => each.module === module && each.queue === name)!;
};

test("queues tell what is in them by state, also those without a job", async () => {
  const express = await queue("letters", "express");
  assert.deepEqual(
    [express.ready.count, express.running.count, express.scheduled.count, express.dead.count, express.paused],
    [0, 0, 1, 1, null],
  );
  assert.equal((await queue("archive", "default")).dead.count, 0);
});

test("jobs are found by what the address asks, dead ones first", async () => {
  const kinds = async (query: string) =>
    (await office.get<JobPageView>(`/jobs?${query}`)).jobs.map(({ state }) => state);
  assert.deepEqual(await kinds("kind=send"), ["dead", "scheduled", "completed"]);
  assert.deepEqual(await kinds("kind=s*&error=lives&module=letters,archive"), ["dead"]);
  assert.deepEqual(await kinds("queue=express&state=completed,scheduled"), ["scheduled", "completed"]);
  assert.deepEqual(await kinds("kind=send&olderThan=1h"), []);
  assert.deepEqual(await kinds("kind=send&youngerThan=1h&state=dead"), ["dead"]);
  assert.deepEqual(await kinds("kind=nobody"), []);
});

test("the count tells to how many each action could be done", async () => {
  const count = await office.get<JobCount>("/jobs/count?kind=send");
  assert.deepEqual([count.count, count.isAtLeast, count.among], [3, false, null]);
  const { retry, cancel, discard } = count.actions;
  assert.deepEqual([retry.count, cancel.count, discard.count], [2, 1, 1]);
});

test("a job is told with its payload and the errors of its attempts", async () => {
  const [dead] = (await office.get<JobPageView>("/jobs?state=dead&kind=send")).jobs;
  const job = await office.get<JobView>(`/jobs/${encodeURIComponent(dead!.id)}`);
  assert.deepEqual(job.payload, { to: "nemo", how: "plain" });
  assert.deepEqual([job.state, job.attempt, job.maxAttempts, job.queue], ["dead", 1, 1, "express"]);
  assert.match(job.errors[0]!.message, /where nemo lives/);
  assert.ok(Math.abs(job.errors[0]!.at - Date.now()) < 60_000);
  assert.match(job.traceId!, /^[0-9a-f-]{32,36}$/);
});

test("schedules tell when they are due", async () => {
  const { schedules } = await office.get<Schedules>("/schedules");
  const [hourly] = schedules;
  assert.deepEqual(
    [hourly!.module, hourly!.name, hourly!.kind, hourly!.timing, hourly!.paused],
    ["letters", "everyHour", "remind", "every 1h", null],
  );
  assert.ok(hourly!.nextAt > Date.now());
});

test("what makes no sense is refused, and says what does", async () => {
  for (const [path, status, text] of [
    ["/jobs?state=asleep", 400, /there are scheduled, available/],
    ["/jobs?olderThan=soon", 400, /such as 90s, 3m, 2h or 7d/],
    ["/jobs?module=nowhere", 400, /letters/],
    ["/jobs?after=nonsense", 400, /no cursor/],
    ["/jobs?id=12", 400, /no job's id/],
    ["/jobs/letters:999999", 404, /There is no job letters:999999/],
  ] as const) {
    const refusal = await office.refusalOf(path);
    assert.equal(refusal.status, status, path);
    assert.match(refusal.text, text, path);
  }
});

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { before, test } from "node:test";
import { eventually } from "../../../src/testing/index.ts";
import { type Lab, startLab } from "./lab.ts";

const JOBS = 10_000;

let lab: Lab;

before(async () => {
  lab = await startLab();
});

test("kill -9 of a process loses no job: another one does them, those under way included", async (t) => {
  await lab.insertMany("job", JOBS);
  const victim = await startProcess();
  t.after(() => victim.kill("SIGKILL"));
  await eventually("the victim is at work", async () => (await count("_finished_jobs")) > 0);
  victim.kill("SIGKILL");
  await once(victim, "exit");
  const held = await lab.admin<{ id: number; worker: number }>`
    select id, worker from shipping._jobs where worker is not null`;
  assert.ok(held.length > 0, "it died with jobs in flight");
  const rescuer = await lab.start({ handlers: { job: () => undefined } });
  await eventually("the rest is done", async () => (await count("_jobs")) === held.length);
  // Three seconds of silence, then the free lock tells.
  const silent = async () => {
    const [row] = await lab.admin`select from ashlar.workers
      where id = ${held[0]!.worker} and seen_at > now() - interval '3 seconds'`;
    return row === undefined;
  };
  await eventually("the victim has been silent for long", silent);
  await eventually("its jobs are done too", async () => (await count("_jobs")) === 0);
  assert.equal(await count("_finished_jobs"), JOBS);
  const [rescued] = await lab.admin`select max(crashes)::int as crashes, max(attempt)::int as attempt
    from shipping._finished_jobs where id = any (${held.map(({ id }) => id)}::bigint[])`;
  assert.deepEqual(rescued, { crashes: 1, attempt: 1 });
  await rescuer.stop();
});

async function startProcess(): Promise<ChildProcess> {
  const args = ["--import", "ashlar/boundary/register", join(import.meta.dirname, "worker-process.ts")];
  const child = spawn(process.execPath, [...args, JSON.stringify(lab.address)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout!, "data");
  return child;
}

async function count(table: "_jobs" | "_finished_jobs"): Promise<number> {
  const [row] =
    table === "_jobs"
      ? await lab.admin<{ n: number }>`select count(*)::int as n from shipping._jobs`
      : await lab.admin<{ n: number }>`select count(*)::int as n from shipping._finished_jobs`;
  return row!.n;
}

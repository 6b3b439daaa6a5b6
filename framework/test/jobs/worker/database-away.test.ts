import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Attempt } from "../../../src/jobs/attempt.ts";
import { eventually } from "../../../src/testing/index.ts";
import { gate, type Lab, startLab } from "./lab.ts";

let lab: Lab;

before(async () => {
  lab = await startLab();
});

test("with its connections cut again and again, a worker goes on and loses no job", async () => {
  const runs = new Map<number, number>();
  const instance = await lab.start({
    handlers: {
      job: (_: never, { job }: Attempt) => void runs.set(job.id, (runs.get(job.id) ?? 0) + 1),
    },
    options: { pollMs: 20 },
  });
  const ids = await lab.enqueue(
    "job",
    Array.from({ length: 400 }, () => ({})),
  );
  for (let cut = 0; cut < 5; cut++) {
    instance.wake.ring(["jobs:shipping:default"]);
    const [before] = await lab.admin`select count(*)::int as n from shipping._finished_jobs`;
    await cutAll();
    await eventually("more jobs are finished, or all", async () => {
      const [now] = await lab.admin<{ n: number }>`select count(*)::int as n from shipping._finished_jobs`;
      return now!.n > (before!.n as number) || now!.n === ids.length;
    });
  }
  for (const id of ids) await lab.finished("shipping", id);
  assert.equal(runs.size, 400);
  await eventually("it listens again", async () => {
    const [row] = await lab.admin`select holds_lock from ashlar.workers`;
    return row!.holds_lock;
  });
  await instance.stop();
  assert.deepEqual(await lab.admin`select id from shipping._jobs`, []);
});

test("the end of a job is kept until it can be written", async () => {
  const end = gate();
  const instance = await lab.start({ handlers: { job: () => end.opened } });
  const [id] = await lab.enqueue("job", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("it runs", () => instance.worker.stats().running === 1);
  await lab.admin`alter table shipping._finished_jobs rename to finished_elsewhere`;
  end.open();
  await eventually("it could not be written", () =>
    instance.log.some(({ message }) => message.startsWith("The ends of jobs could not be written")),
  );
  assert.equal(instance.worker.stats().unwritten, 1);
  await lab.admin`alter table shipping.finished_elsewhere rename to _finished_jobs`;
  assert.equal((await lab.finished("shipping", id!)).state, "completed");
  await instance.stop();
});

test("jobs whose claim was answered to nobody are given back", async () => {
  const ran: number[] = [];
  const instance = await lab.start({
    handlers: { job: (_: never, { job }: Attempt) => void ran.push(job.attempt) },
    options: { pollMs: 20 },
  });
  const claim = instance.stores.get("shipping")!;
  const real = claim.claim.bind(claim);
  let isLost = false;
  claim.claim = async (request) => {
    const jobs = await real(request);
    if (isLost || jobs.length === 0) return jobs;
    isLost = true;
    throw Object.assign(new Error("cut"), { code: "ASHLAR_COMMIT_OUTCOME_UNKNOWN" });
  };
  const ids = await lab.enqueue("job", [{}, {}, {}]);
  instance.wake.ring(["jobs:shipping:default"]);
  for (const id of ids) await lab.finished("shipping", id);
  assert.deepEqual(ran, [1, 1, 1]);
  await instance.stop();
});

test("a worker that cannot write what it holds leaves its row, for others to find", async () => {
  const end = gate();
  const instance = await lab.start({ handlers: { job: () => end.opened } });
  const [id] = await lab.enqueue("job", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("it runs", () => instance.worker.stats().running === 1);
  await lab.admin`alter table shipping._finished_jobs rename to finished_elsewhere`;
  end.open();
  await instance.stop();
  await lab.admin`alter table shipping.finished_elsewhere rename to _finished_jobs`;
  const [row] = await lab.admin<{ id: number }>`select id from ashlar.workers`;
  assert.equal(row!.id, instance.worker.stats().worker);
  await lab.admin`update ashlar.workers set seen_at = now() - interval '1 minute'`;
  const other = await lab.start({ handlers: { job: () => undefined }, options: { pollMs: 20 } });
  await lab.finished("shipping", id!);
  await other.stop();
});

async function cutAll(): Promise<void> {
  await lab.admin`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name like 'worker_lab jobs%'
    and query not like '%outside%'`;
}

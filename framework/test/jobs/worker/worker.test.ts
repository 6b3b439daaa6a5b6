import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually } from "../../../src/testing/index.ts";
import { gate, type Lab, startLab } from "./lab.ts";

/** So rare that within a test nothing can come of it. */
const NEVER_MS = 600_000;

let lab: Lab;

before(async () => {
  lab = await startLab();
});

test("a job is claimed, run and completed, and the worker leaves nothing behind", async () => {
  const seen: unknown[] = [];
  const instance = await lab.start({ handlers: { echo: (payload: unknown) => void seen.push(payload) } });
  const [id] = await lab.enqueue("echo", [{ value: { n: 1 } }]);
  instance.wake.ring(["jobs:shipping:default"]);
  const row = await lab.finished("shipping", id!);
  assert.equal(row.state, "completed");
  assert.equal(row.attempt, 1);
  assert.deepEqual(seen, [{ n: 1 }]);
  await instance.stop();
  assert.deepEqual(await lab.admin`select * from ashlar.workers`, []);
  assert.equal(instance.worker.stats().state, "stopped");
});

test("a ring in the same process starts a job at once", async () => {
  const ran = gate();
  const instance = await lab.start({ handlers: { echo: ran.open }, options: { pollMs: NEVER_MS } });
  await lab.enqueue("echo", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  await ran.opened;
  await instance.stop();
});

test("a ring in another process starts a job at once, and wakes no worker that does not sleep", async () => {
  const ran = gate();
  const instance = await lab.start({ handlers: { echo: ran.open }, options: { pollMs: NEVER_MS } });
  const other = await lab.producer();
  await lab.enqueue("echo", [{}]);
  other.wake.ring(["jobs:shipping:default"]);
  await ran.opened;
  await other.stop();
  await instance.stop();
});

test("in poll-only mode everything works without LISTEN and without advisory locks", async () => {
  const ran = gate();
  const listening = await lab.start();
  assert.equal(await sessions("worker_lab jobs listener"), 1);
  assert.equal(await advisoryLocks(), 1);
  await listening.stop();
  const instance = await lab.start({ handlers: { echo: ran.open }, options: { pollOnly: true, pollMs: 10 } });
  await lab.enqueue("echo", [{}]);
  await ran.opened;
  assert.equal(await sessions("worker_lab jobs listener"), 0);
  assert.equal(await advisoryLocks(), 0);
  const [row] = await lab.admin`select is_sleeping, holds_lock from ashlar.workers`;
  assert.deepEqual(row, { is_sleeping: false, holds_lock: false });
  await instance.stop();
});

test("a queue runs no more at once than its concurrency, and slow handlers hoard nothing", async () => {
  const end = gate();
  const queues = { default: { concurrency: 3 } };
  const instance = await lab.start({ handlers: { slow: () => end.opened }, queues: { shipping: queues } });
  const ids = await lab.enqueue(
    "slow",
    Array.from({ length: 10 }, () => ({})),
  );
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("three run", () => instance.worker.stats().running === 3);
  const [claimed] = await lab.admin`select count(*)::int as n from shipping._jobs where worker is not null`;
  assert.equal(claimed!.n, 3);
  assert.equal(instance.worker.stats().prefetched, 0);
  end.open();
  for (const id of ids) await lab.finished("shipping", id);
  await instance.stop();
});

test("fast handlers are given jobs in advance; when they turn slow, what waits is given back", async () => {
  const end = gate();
  let isSlow = false;
  const queues = { default: { concurrency: 2 } };
  const instance = await lab.start({
    handlers: { work: () => (isSlow ? end.opened : undefined) },
    queues: { shipping: queues },
    options: { pollMs: 50 },
  });
  const quick = await lab.enqueue(
    "work",
    Array.from({ length: 20 }, () => ({})),
  );
  instance.wake.ring(["jobs:shipping:default"]);
  for (const id of quick) await lab.finished("shipping", id);
  isSlow = true;
  const slow = await lab.enqueue(
    "work",
    Array.from({ length: 20 }, () => ({})),
  );
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("some wait in the process", () => instance.worker.stats().prefetched > 0);
  await eventually("they are given back", async () => {
    const [claimed] = await lab.admin`select count(*)::int as n from shipping._jobs where worker is not null`;
    return claimed!.n === 2;
  });
  end.open();
  for (const id of slow)
    assert.equal((await lab.finished("shipping", id)).attempt, 1, "giving back is no attempt");
  await instance.stop();
});

test("a flood in one module keeps no job of another one waiting", async () => {
  const end = gate();
  const ran = gate();
  const instance = await lab.start({
    handlers: { slow: () => end.opened, quick: ran.open },
    queues: { shipping: { default: { concurrency: 100 } } },
    options: { concurrency: 8 },
  });
  const ids = await lab.enqueue(
    "slow",
    Array.from({ length: 20 }, () => ({})),
  );
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("the flood has what it may have", () => instance.worker.stats().running === 7);
  await lab.enqueue("quick", [{ module: "user" }]);
  instance.wake.ring(["jobs:user:default"]);
  await ran.opened;
  end.open();
  for (const id of ids) await lab.finished("shipping", id);
  await instance.stop();
});

test("a paused queue rests until it is resumed", async () => {
  const ran = gate();
  await lab.admin`insert into shipping._paused_queues (queue) values ('default')`;
  const instance = await lab.start({ handlers: { echo: ran.open }, options: { pollMs: 10 } });
  const [id] = await lab.enqueue("echo", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  await lab.beats(3);
  const [row] = await lab.admin`select worker from shipping._jobs where id = ${id}`;
  assert.equal(row!.worker, null);
  await lab.admin`delete from shipping._paused_queues`;
  await ran.opened;
  await lab.finished("shipping", id!);
  await instance.stop();
});

test("a job that was in flight in two crashes runs alone", async () => {
  const end = gate();
  const suspectEnd = gate();
  const beside: number[] = [];
  const instance = await lab.start({
    handlers: {
      slow: () => end.opened,
      suspect: async () => {
        await undefined;
        beside.push(instance.worker.stats().running);
        await suspectEnd.opened;
      },
    },
  });
  const slow = await lab.enqueue("slow", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("a job runs", () => instance.worker.stats().running === 1);
  const [inserted] = await lab.admin<{ id: number }>`
    insert into shipping._jobs (id, seq, queue, kind, payload, max_attempts, crashes)
    select id, id, 'default', 'suspect', '{}', 20, 2
    from (select nextval('shipping._job_ids') as id) as new returning id`;
  const suspect = inserted!.id;
  const others = await lab.enqueue("slow", [{}, {}, {}]);
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("the suspect is claimed", async () => (await workerOf(suspect)) !== null);
  end.open();
  await eventually("the suspect runs", () => beside.length === 1);
  assert.deepEqual(beside, [1]);
  const [claimed] = await lab.admin`select count(*)::int as n from shipping._jobs where worker is not null`;
  assert.equal(claimed!.n, 1, "nothing else is held meanwhile");
  suspectEnd.open();
  for (const id of [...slow, suspect, ...others]) await lab.finished("shipping", id);
  await instance.stop();
});

async function workerOf(id: number): Promise<unknown> {
  const [row] = await lab.admin`select worker from shipping._jobs where id = ${id}`;
  return row?.worker ?? null;
}

async function sessions(name: string): Promise<unknown> {
  const [row] = await lab.admin`select count(*)::int as n from pg_stat_activity
    where datname = current_database() and application_name = ${name}`;
  return row!.n;
}

async function advisoryLocks(): Promise<unknown> {
  const [row] = await lab.admin`select count(*)::int as n from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
  return row!.n;
}

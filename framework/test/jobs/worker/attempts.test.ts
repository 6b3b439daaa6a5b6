import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Attempt } from "../../../src/jobs/attempt.ts";
import { eventually } from "../../../src/testing/index.ts";
import { gate, type Lab, startLab } from "./lab.ts";

let lab: Lab;

before(async () => {
  lab = await startLab();
});

test("a failed attempt is retried at its time, and the failure is logged", async () => {
  const attempts: number[] = [];
  const instance = await lab.start({
    handlers: {
      flaky: (_: never, { job }: Attempt) => {
        attempts.push(job.attempt);
        if (job.attempt === 1) return { kind: "failed", error: new Error("no luck"), retryAfterMs: 20 };
        return undefined;
      },
    },
    // The timer for the retry has to do it.
    options: { pollMs: 10_000 },
  });
  const [id] = await lab.enqueue("flaky", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  const row = await lab.finished("shipping", id!);
  assert.deepEqual(attempts, [1, 2]);
  assert.equal(row.attempt, 2);
  const warning = instance.log.find(({ level }) => level === "warn");
  assert.ok(warning);
  assert.equal(warning.message, "An attempt at a job failed");
  assert.equal(warning.fields.job, `shipping:${id}`);
  assert.equal((warning.fields.err as Error).message, "no luck");
  await instance.stop();
});

test("a job whose last attempt fails is dead, which is logged as an error", async () => {
  const instance = await lab.start({
    handlers: {
      hopeless: () => {
        throw Object.assign(new Error("never \0works"), { code: "NEVER" });
      },
    },
  });
  const [id] = await lab.enqueue("hopeless", [{ maxAttempts: 1 }]);
  instance.wake.ring(["jobs:shipping:default"]);
  const row = await eventually("it is dead", async () => {
    const [dead] = await lab.admin<{ errors: { code: string; message: string }[] }>`
      select errors from shipping._dead_jobs where id = ${id}`;
    return dead;
  });
  assert.equal(row.errors[0]?.code, "NEVER");
  assert.equal(row.errors[0]?.message, "never \u{fffd}works");
  assert.ok(
    instance.log.some(({ level, message }) => level === "error" && message.startsWith("A job is dead")),
  );
  await instance.stop();
});

test("a handler can give its job up and put it off, and put off it comes back uncounted", async () => {
  let isLate = false;
  const instance = await lab.start({
    handlers: {
      hopeless: () => ({ kind: "gave_up", error: new Error("never") }),
      early: () => {
        if (isLate) return undefined;
        isLate = true;
        return { kind: "snoozed", delayMs: 10 };
      },
    },
  });
  const [hopeless] = await lab.enqueue("hopeless", [{}]);
  const [early] = await lab.enqueue("early", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  assert.equal((await lab.finished("shipping", early!)).attempt, 1);
  await eventually("it is dead", async () => {
    const [dead] = await lab.admin`select id from shipping._dead_jobs where id = ${hopeless}`;
    return dead;
  });
  await instance.stop();
});

test("an attempt is aborted when its time is up", async () => {
  const instance = await lab.start({ handlers: { slow: untilAborted } });
  const [id] = await lab.enqueue("slow", [{ timeoutMs: 20 }]);
  instance.wake.ring(["jobs:shipping:default"]);
  assert.equal(await lab.lastErrorOf("shipping", id!), "ASHLAR_JOB_TIMEOUT");
  assert.equal(instance.worker.stats().abandoned, 0);
  await instance.stop();
});

test("a handler that ignores the end of its time is given up, and its slot goes to others", async () => {
  const end = gate();
  const ran = gate();
  const instance = await lab.start({
    handlers: { deaf: () => end.opened, quick: ran.open },
    queues: { shipping: { default: { concurrency: 1 } } },
    options: { patienceMs: 20 },
  });
  const [deaf] = await lab.enqueue("deaf", [{ timeoutMs: 20 }]);
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("it runs", () => instance.worker.stats().running === 1);
  await lab.enqueue("quick", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  await ran.opened;
  assert.equal(instance.worker.stats().abandoned, 1);
  assert.equal(await lab.lastErrorOf("shipping", deaf!), "ASHLAR_JOB_TIMEOUT");
  assert.ok(
    instance.log.some(({ level, message }) => level === "error" && message.startsWith("A handler does not")),
  );
  end.open();
  await instance.stop();
});

test("a running job is cancelled by its signal", async () => {
  const instance = await lab.start({
    handlers: { slow: untilAborted },
    options: { pollMs: 600_000, leaseMs: 3_600_000 },
  });
  const [id] = await lab.enqueue("slow", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  await eventually("it runs", () => instance.worker.stats().running === 1);
  await lab.admin`insert into shipping._job_cancellations (job, worker, reason)
    select id, worker, 'not wanted' from shipping._jobs where id = ${id}`;
  const other = await lab.producer();
  other.wake.ring([`cancel:shipping:${id}`]);
  const row = await lab.finished("shipping", id!);
  assert.equal(row.state, "cancelled");
  assert.deepEqual(await lab.admin`select * from shipping._job_cancellations`, []);
  await other.stop();
  await instance.stop();
});

test("an output that cannot be stored fails its own job and no other", async () => {
  const instance = await lab.start({
    handlers: { odd: () => "\0", circular, fine: () => "fine" },
  });
  const odd = [await lab.enqueue("odd", [{}]), await lab.enqueue("circular", [{}])].flat();
  const fine = await lab.enqueue("fine", [{}, {}]);
  instance.wake.ring(["jobs:shipping:default"]);
  for (const id of fine) assert.equal((await lab.finished("shipping", id)).output, "fine");
  for (const id of odd) assert.match(String(await lab.lastErrorOf("shipping", id)), /^ASHLAR_/);
  await instance.stop();
});

test("a job completed in its handler's transaction is not completed again", async () => {
  const instance = await lab.start({
    handlers: {
      own: async (_: never, attempt: Attempt) => {
        const transaction = instance.pool.begin();
        await attempt.completeIn(transaction, "worker_lab_shipping_app", { done: true });
        await transaction.commit();
        return { kind: "completed", output: null, isSettled: true };
      },
    },
  });
  const [id] = await lab.enqueue("own", [{}]);
  instance.wake.ring(["jobs:shipping:default"]);
  assert.deepEqual((await lab.finished("shipping", id!)).output, { done: true });
  assert.equal(instance.worker.stats().lost, 0);
  await instance.stop();
});

function circular(): unknown {
  const ring: { self?: unknown } = {};
  ring.self = ring;
  return ring;
}

function untilAborted(_: never, { signal }: Attempt): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

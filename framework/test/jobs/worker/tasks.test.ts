import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { before, test } from "node:test";
import { eventually } from "../../../src/testing/index.ts";
import { gate, type Lab, startLab } from "./lab.ts";

let lab: Lab;

before(async () => {
  lab = await startLab();
});

test("a task runs when its SQL says so, and until it has no more to do", async () => {
  let left = 3;
  const done = gate();
  const due = "exists (select from shipping._paused_queues where queue = 'due')";
  const run = async () => {
    left--;
    if (left === 0) done.open();
    return left > 0;
  };
  const instance = await lab.start({ tasks: [{ name: "relay", due, run }], options: { pollMs: 10 } });
  await lab.beats(2);
  assert.equal(left, 3);
  await lab.admin`insert into shipping._paused_queues (queue) values ('due')`;
  await done.opened;
  await instance.stop();
  await lab.admin`delete from shipping._paused_queues`;
});

test("a task runs when its topic is rung, never twice at a time, and again for a ring in between", async () => {
  let running = 0;
  let runs = 0;
  const begun = [gate(), gate()];
  const end = gate();
  const run = async () => {
    assert.equal(++running, 1);
    begun[runs++]?.open();
    if (runs === 1) await end.opened;
    running--;
    return false;
  };
  const instance = await lab.start({ tasks: [{ name: "relay", topic: "outbox:shipping", run }] });
  instance.wake.ring(["outbox:shipping"]);
  await begun[0]!.opened;
  instance.wake.ring(["outbox:shipping"]);
  instance.wake.ring(["outbox:shipping"]);
  end.open();
  await begun[1]!.opened;
  await instance.stop();
  assert.equal(runs, 2);
});

test("a task that fails is logged and tried again", async () => {
  const done = gate();
  let runs = 0;
  const run = async () => {
    if (++runs === 1) throw new Error("no luck");
    done.open();
    return false;
  };
  const instance = await lab.start({ tasks: [{ name: "schedules", everyMs: 60_000, run }] });
  await done.opened;
  assert.ok(instance.log.some(({ level, fields }) => level === "warn" && fields.task === "schedules"));
  await instance.stop();
});

test("a task whose SQL is wrong costs neither the heartbeat nor the jobs", async () => {
  const due = "(select 1 / (count(*) - count(*)) from shipping._jobs) = 1";
  const tasks = [{ name: "broken", due, run: async () => false }];
  const instance = await lab.start({ handlers: { job: () => undefined }, tasks, options: { pollMs: 10 } });
  const [id] = await lab.enqueue("job", [{}]);
  await lab.beats(3);
  instance.wake.ring(["jobs:shipping:default"]);
  await lab.finished("shipping", id!);
  assert.ok(instance.log.some(({ level }) => level === "error"));
  await instance.stop();
});

test("a job does not run in the context of whoever rang for it", async () => {
  const context = new AsyncLocalStorage<string>();
  const seen = Promise.withResolvers<string | undefined>();
  const instance = await lab.start({ handlers: { job: () => seen.resolve(context.getStore()) } });
  await lab.enqueue("job", [{}]);
  context.run("a request", () => instance.wake.ring(["jobs:shipping:default"]));
  assert.equal(await seen.promise, undefined);
  await eventually("it is written", () => instance.worker.stats().unwritten === 0);
  await instance.stop();
});

test("a job that is scheduled soon is run at its time, without waiting for the next beat", async () => {
  const ran = gate();
  const instance = await lab.start({ handlers: { job: ran.open }, options: { pollMs: 5_000 } });
  await lab.enqueue("job", [{ delayMs: 50 }]);
  // What whoever enqueues a job with a delay rings.
  instance.wake.ring(["due:shipping"]);
  await ran.opened;
  await instance.stop();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { HashQueue } from "../src/hash-queue.ts";

class Refused extends Error {}

function refuse(): never {
  throw new Refused();
}

/** Work that runs until it is told to end. */
function openEnded() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}

const inTime = () => ({ latestStart: Date.now() + 60_000, refuse });

test("only as much work runs at a time as there are slots, and the rest in order of arrival", async () => {
  const queue = new HashQueue(2, 10);
  const started: number[] = [];
  const works = [0, 1, 2, 3].map(() => openEnded());
  const runs = works.map(({ work }, index) =>
    queue.run(inTime(), () => {
      started.push(index);
      return work();
    }),
  );
  await new Promise(setImmediate);
  assert.deepEqual(started, [0, 1]);
  works[1]!.end();
  await runs[1];
  assert.deepEqual(started, [0, 1, 2]);
  works[0]!.end();
  await runs[0];
  assert.deepEqual(started, [0, 1, 2, 3]);
  works[2]!.end();
  works[3]!.end();
  await Promise.all(runs);
});

test("who would be one too many in the queue is refused at once", async () => {
  const queue = new HashQueue(1, 1);
  const first = openEnded();
  const running = queue.run(inTime(), first.work);
  const waiting = queue.run(inTime(), async () => "done");
  await assert.rejects(
    queue.run(inTime(), async () => "never"),
    Refused,
  );
  first.end();
  await running;
  assert.equal(await waiting, "done");
});

test("who cannot start in time is refused, and the queue goes on without them", async () => {
  const queue = new HashQueue(1, 2);
  const first = openEnded();
  const running = queue.run(inTime(), first.work);
  await assert.rejects(
    queue.run({ latestStart: Date.now() + 5, refuse }, async () => "never"),
    Refused,
  );
  const waiting = queue.run(inTime(), async () => "done");
  first.end();
  await running;
  assert.equal(await waiting, "done");
});

test("work that fails frees its slot", async () => {
  const queue = new HashQueue(1, 1);
  await assert.rejects(
    queue.run(inTime(), () => Promise.reject(new Error("broken"))),
    /broken/,
  );
  assert.equal(await queue.run(inTime(), async () => "done"), "done");
});

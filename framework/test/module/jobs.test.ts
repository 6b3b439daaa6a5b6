import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { JobError, type JobId, JobPayloadError } from "../../src/jobs/index.ts";
import { RunError } from "../../src/module/index.ts";
import { eventually, type TestApp, testApp } from "../../src/testing/index.ts";
import { bind, inPress, type PressParts, press, pressWith, print } from "./press.ts";

const printed: string[] = [];
const printer = { print: async (title: string) => void printed.push(title) };

async function start(parts: PressParts): Promise<TestApp> {
  return await testApp({ modules: pressWith(parts), adapters: { press: { printer } } });
}

const titles = async ({ adminQuery }: TestApp) =>
  (await adminQuery<{ title: string }>`select title from press.articles order by id`).map(
    ({ title }) => title,
  );

const writes = inPress.handle(press.write, async ({ title }, { sql, enqueue }) => {
  await sql`insert into press.articles (title) values (${title})`;
  await enqueue(print, { title });
  if (title === "fails") throw new Error("after both");
  return {};
});

test("a job exists when the transaction that enqueued it commits, and not before", async () => {
  const shop = await start({ handlers: [writes] });
  await assert.rejects(shop.app.execute(press.write, { title: "fails" }), /after both/);
  assert.deepEqual(await shop.jobs.enqueued(print), []);
  await shop.app.execute(press.write, { title: "kept" });
  assert.deepEqual(
    (await shop.jobs.enqueued(print)).map(({ payload, runAt, attempt }) => ({ payload, runAt, attempt })),
    [{ payload: { title: "kept" }, runAt: null, attempt: 0 }],
  );
});

test("a job's writes and its completion are one transaction", async () => {
  const shop = await start({
    jobs: [
      inPress.perform(print, async ({ title }, { sql, job }) => {
        await sql`insert into press.articles (title) values (${`${title} ${job.attempt}`})`;
        if (job.attempt < 3) throw new Error(`attempt ${job.attempt}`);
        return { pages: 2 };
      }),
    ],
  });
  const { id } = await shop.app.enqueue(print, { title: "a" });
  const outcomes: string[] = [];
  for (let round = 0; round < 3; round++) {
    for (const { outcome } of await shop.jobs.runDue()) outcomes.push(outcome);
    assert.deepEqual(await shop.jobs.runDue(), [], "the next attempt waits for its time");
    shop.clock.advance(1000);
  }
  assert.deepEqual(outcomes, ["failed", "failed", "completed"]);
  assert.deepEqual(await titles(shop), ["a 3"]);
  const [finished] = await shop.adminQuery<{ state: string; output: unknown; errors: { message: string }[] }>`
    select state, output, errors from press._finished_jobs`;
  assert.equal(finished?.state, "completed");
  assert.deepEqual(finished?.output, { pages: 2 });
  assert.deepEqual(
    finished?.errors.map(({ message }) => message),
    ["attempt 1", "attempt 2"],
  );
  assert.match(id, /^press:\d+$/);
});

test("a job that used up its attempts is dead and keeps all that was said", async () => {
  const shop = await start({
    jobs: [
      inPress.perform(print, async () => {
        throw new Error("never");
      }),
    ],
  });
  await shop.app.enqueue(print, { title: "a" }, { maxAttempts: 1 });
  assert.deepEqual(
    (await shop.jobs.runDue()).map(({ outcome }) => outcome),
    ["failed"],
  );
  const [dead] = await shop.adminQuery<{ kind: string; errors: { message: string }[] }>`
    select kind, errors from press._dead_jobs`;
  assert.equal(dead?.kind, "print");
  assert.equal(dead?.errors[0]?.message, "never");
});

test("a job without a transaction groups its statements itself", async () => {
  const shop = await start({
    jobs: [
      inPress.perform(bind, async ({ title }, { sql, transaction, ports, enqueue }) => {
        await sql`insert into press.articles (title) values (${`${title} alone`})`;
        await ports.printer.print(title);
        await assert.rejects(
          transaction(async () => {
            await sql`insert into press.articles (title) values ('taken back')`;
            await enqueue(print, { title: "taken back" });
            throw new Error("inside");
          }),
          /inside/,
        );
        await transaction(async () => {
          await sql`insert into press.articles (title) values (${`${title} grouped`})`;
          await enqueue(print, { title: "second" });
        });
      }),
    ],
  });
  await shop.app.enqueue(bind, { title: "b" });
  assert.deepEqual(
    (await shop.jobs.runDue()).map(({ kind, outcome }) => `${kind} ${outcome}`),
    ["press.bind completed", "press.print completed"],
  );
  assert.deepEqual(await titles(shop), ["b alone", "b grouped"]);
  assert.ok(printed.includes("b"));
});

test("a command called by a job without a transaction is one of its own", async () => {
  const seen: string[] = [];
  const shop = await start({
    handlers: [writes],
    jobs: [
      inPress.perform(print, async ({ title }, { transaction }) => {
        await assert.rejects(
          transaction(async () => {}),
          (error: unknown) => error instanceof RunError,
        );
        seen.push(title);
      }),
    ],
  });
  await shop.app.execute(press.write, { title: "c" });
  await shop.jobs.runDue();
  assert.deepEqual(seen, ["c"]);
});

test("snoozing is no attempt, cancelling ends, giving up is death", async () => {
  const shop = await start({
    jobs: [
      inPress.perform(print, async ({ title }, { job }) => {
        if (title === "later") return job.attempt === 1 && printedLater++ === 0 ? job.snooze(5000) : "done";
        return title === "no" ? job.cancel("not wanted") : job.giveUp("cannot be");
      }),
    ],
  });
  let printedLater = 0;
  for (const title of ["later", "no", "never"]) await shop.app.enqueue(print, { title });
  assert.deepEqual(
    (await shop.jobs.runDue()).map(({ outcome }) => outcome),
    ["snoozed", "cancelled", "gave_up"],
  );
  shop.clock.advance(5000);
  assert.deepEqual(
    (await shop.jobs.runDue()).map(({ outcome }) => outcome),
    ["completed"],
  );
});

test("a payload is checked when it is enqueued and again before it runs", async () => {
  const shop = await start({});
  await assert.rejects(
    // @ts-expect-error: what the schema does not allow does not compile either
    shop.app.enqueue(print, { title: 1 }),
    (error: unknown) => error instanceof JobPayloadError && /\/title/.test(error.message),
  );
  await shop.app.enqueue(print, { title: "old" }, { maxAttempts: 1 });
  await shop.adminQuery`update press._jobs set payload = '{"name": "of an older release"}'`;
  assert.deepEqual(
    (await shop.jobs.runDue()).map(({ outcome }) => outcome),
    ["failed"],
  );
  const [dead] = await shop.adminQuery<{ errors: { code: string }[] }>`select errors from press._dead_jobs`;
  assert.equal(dead?.errors[0]?.code, "ASHLAR_JOB_PAYLOAD_INVALID");
});

test("the last job of a batch runs when all others have ended, and knows how many failed", async () => {
  const order: string[] = [];
  const shop = await start({
    handlers: [
      inPress.handle(press.write, async (_, { enqueueBatch }) => {
        await enqueueBatch({
          jobs: ["a", "bad", "c"].map((title) => print.of({ title }, { maxAttempts: 1 })),
          last: bind.of({ title: "all" }),
        });
        return {};
      }),
    ],
    jobs: [
      inPress.perform(print, async ({ title }) => {
        order.push(title);
        if (title === "bad") throw new Error("bad");
      }),
      inPress.perform(bind, async ({ title }, { job }) => {
        order.push(`${title} with ${job.dependenciesFailed} failed`);
      }),
    ],
  });
  await shop.app.execute(press.write, { title: "" });
  assert.equal((await shop.jobs.enqueued(bind))[0]?.runAt, "waiting");
  await shop.jobs.runDue();
  assert.deepEqual(order, ["a", "bad", "c", "all with 1 failed"]);
});

test("a job is found and cancelled by its module", async () => {
  const shop = await start({
    handlers: [
      inPress.handle(press.write, async ({ title }, { enqueue, cancelJob, findJob }) => {
        const { id } = await enqueue(print, { title }, { delayMs: 60_000 });
        assert.equal((await findJob(id))?.state, "scheduled");
        assert.equal(await cancelJob(id, "changed my mind"), true);
        assert.equal((await findJob(id))?.state, "cancelled");
        assert.equal(await cancelJob(id), false);
        await assert.rejects(findJob("archive:1"), (error: unknown) => error instanceof JobError);
        return {};
      }),
    ],
  });
  await shop.app.execute(press.write, { title: "d" });
});

test("a query can neither enqueue nor publish", async () => {
  const shop = await start({
    handlers: [
      inPress.handle(press.look, async (_, { enqueue, publish }) => {
        const refusal = (error: unknown) =>
          error instanceof RunError && error.code === "ASHLAR_WRITE_IN_QUERY";
        await assert.rejects(enqueue(print, { title: "e" }), refusal);
        await assert.rejects(publish(press.written, { title: "e", words: 1 }), refusal);
        return { titles: [] };
      }),
    ],
  });
  await shop.app.execute(press.look, {});
});

test("inline, what an operation enqueued is done before it answers", async () => {
  const shop = await testApp({
    modules: pressWith({
      handlers: [writes],
      jobs: [
        inPress.perform(print, async ({ title }, { sql }) => {
          await sql`insert into press.articles (title) values (${`printed ${title}`})`;
        }),
      ],
    }),
    adapters: { press: { printer } },
    jobs: "inline",
  });
  await shop.app.execute(press.write, { title: "f" });
  assert.deepEqual(await titles(shop), ["f", "printed f"]);
});

test("a worker does what is enqueued while it runs, and the app stops it", async () => {
  const done: string[] = [];
  const shop = await start({
    jobs: [inPress.perform(print, async ({ title }) => void done.push(title))],
  });
  await assert.rejects(shop.app.work({ weights: { nobody: 1 } }), /There is no module nobody/);
  await assert.rejects(shop.app.work({ weights: { press: 0 } }), /The weight of press is 0/);
  const worker = await shop.app.work({ concurrency: 2, weights: { press: 2 } });
  await shop.app.enqueueAll(["g", "h"].map((title) => print.of({ title })));
  await eventually("both are done", () => done.length === 2);
  await shop.app.stop();
  assert.equal(worker.stats().state, "stopped");
  assert.deepEqual(await shop.adminQuery`select id from ashlar.workers`, []);
});

test("a running job is stopped when its module cancels it, without waiting for the next look round", async () => {
  const running = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<unknown>();
  let id: JobId | undefined;
  const shop = await start({
    handlers: [
      inPress.handle(press.write, async (_, { cancelJob }) => {
        assert.equal(await cancelJob(id!, "changed my mind"), true);
        return {};
      }),
    ],
    jobs: [
      inPress.perform(bind, async (_, { signal }) => {
        running.resolve();
        await once(signal, "abort");
        stopped.resolve(signal.reason);
        throw signal.reason;
      }),
    ],
  });
  // A heart that does not beat must not be taken for a lost lease.
  await shop.app.work({ pollMs: 600_000, leaseMs: 3_600_000 });
  ({ id } = await shop.app.enqueue(bind, { title: "long" }));
  await running.promise;
  await shop.app.execute(press.write, { title: "" });
  assert.match(String(await stopped.promise), /changed my mind/);
  await shop.app.stop();
});

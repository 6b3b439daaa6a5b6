import assert from "node:assert/strict";
import { test } from "node:test";
import { SchemaError } from "../../src/module/index.ts";
import { type TestApp, testApp } from "../../src/testing/index.ts";
import { inArchive, inPress, type PressParts, press, pressWith } from "./press.ts";

const adapters = { press: { printer: { print: async () => {} } } };

async function start(parts: PressParts): Promise<TestApp> {
  return await testApp({ modules: pressWith(parts), adapters });
}

const publishes = inPress.handle(press.write, async ({ title }, { publish }) => {
  await publish(press.written, { title, words: 1 }, { key: title });
  if (title === "fails") throw new Error("after publishing");
  return {};
});

const copies = inArchive.on(press.written, { name: "keepCopy", inOrder: true }, async (written, { sql }) => {
  const { id, payload } = written;
  await sql`insert into archive.copies (event_id, title) values (${id}, ${`${payload.title} of ${payload.words}`})`;
});

const kept = async ({ adminQuery }: TestApp) =>
  (await adminQuery<{ title: string }>`select title from archive.copies order by event_id`).map(
    ({ title }) => title,
  );

test("an event reaches its subscribers when the transaction that published it has committed", async () => {
  const shop = await start({ handlers: [publishes], on: [copies] });
  await assert.rejects(shop.app.execute(press.write, { title: "fails" }), /after publishing/);
  await shop.app.execute(press.write, { title: "told" });
  assert.deepEqual(await kept(shop), []);
  assert.deepEqual(
    (await shop.jobs.published(press.written)).map(({ payload, key, version }) => ({
      payload,
      key,
      version,
    })),
    [{ payload: { title: "told", words: 1 }, key: "told", version: 2 }],
  );
  assert.deepEqual(
    (await shop.jobs.runDue()).map(({ kind, outcome }) => `${kind} ${outcome}`),
    ["archive.on.keepCopy completed"],
  );
  assert.deepEqual(await kept(shop), ["told of 1"]);
});

test("a delivery that comes again changes nothing", async () => {
  const shop = await start({ handlers: [publishes], on: [copies] });
  await shop.app.execute(press.write, { title: "once" });
  await shop.jobs.runDue();
  for (let again = 0; again < 3; again++) {
    await shop.adminQuery`
      insert into archive._jobs (id, seq, queue, kind, payload, max_attempts)
      select n, n, queue, kind, payload, 20
      from (select nextval('archive._job_ids') as n, * from archive._finished_jobs limit 1) as first`;
    await shop.jobs.runDue();
  }
  assert.deepEqual(await kept(shop), ["once of 1"]);
});

test("an event of an older version is made into one of the newest", async () => {
  const shop = await start({ on: [copies] });
  await shop.adminQuery`
    insert into press._outbox (event, version, payload) values ('press.written', 1, '{"title": "two words"}')`;
  await shop.jobs.runDue();
  assert.deepEqual(await kept(shop), ["two words of 2"]);
});

test("an event that is newer than the code waits for newer code", async () => {
  const shop = await start({ on: [copies] });
  await shop.adminQuery`
    insert into press._outbox (event, version, payload) values ('press.written', 3, '{"of": "tomorrow"}')`;
  assert.deepEqual(
    (await shop.jobs.runDue()).map(({ outcome }) => outcome),
    ["snoozed"],
  );
});

test("each subscriber fails and is tried again by itself", async () => {
  let attempts = 0;
  const shop = await start({
    handlers: [publishes],
    on: [
      copies,
      inPress.on(press.written, { name: "count", maxAttempts: 2, backoff: () => 0 }, async () => {
        attempts++;
        throw new Error("not today");
      }),
    ],
  });
  await shop.app.execute(press.write, { title: "x" });
  const outcomes = (await shop.jobs.runDue()).map(({ kind, outcome }) => `${kind} ${outcome}`).sort();
  assert.deepEqual(outcomes, [
    "archive.on.keepCopy completed",
    "press.on.count failed",
    "press.on.count failed",
  ]);
  assert.equal(attempts, 2);
});

test("a payload that the contract does not promise is not published", async () => {
  const shop = await start({
    handlers: [
      inPress.handle(press.write, async (_, { publish }) => {
        await assert.rejects(
          // @ts-expect-error: the payload lacks a field
          publish(press.written, { title: "z" }),
          (error: unknown) => error instanceof SchemaError && error.code === "ASHLAR_EVENT_PAYLOAD_INVALID",
        );
        return {};
      }),
    ],
  });
  await shop.app.execute(press.write, { title: "z" });
});

for (const transaction of ["own", "none"] as const) {
  test(`a delivery that was put off or given up is not taken in yet (transaction: ${transaction})`, async () => {
    let turn = 0;
    const shop = await start({
      handlers: [publishes],
      on: [
        inArchive.on(
          press.written,
          { name: "later", transaction },
          async ({ id, payload }, { sql, job, traceId }) => {
            turn++;
            assert.match(traceId, /^[0-9a-f]{32}$/);
            if (turn === 1) return job.snooze(1_000);
            if (turn === 2) return job.giveUp("not yet");
            await sql`insert into archive.copies (event_id, title) values (${id}, ${payload.title})`;
          },
        ),
      ],
    });
    await shop.app.execute(press.write, { title: "in the end" });
    const outcomes = async () => (await shop.jobs.runDue()).map(({ outcome }) => outcome);
    assert.deepEqual(await outcomes(), ["snoozed"]);
    shop.clock.advance(1_000);
    assert.deepEqual(await outcomes(), ["gave_up"]);
    await shop.adminQuery`
      with dead as (delete from archive._dead_jobs returning *)
      insert into archive._jobs (id, seq, queue, kind, payload, max_attempts, trace_id)
      select id, seq, queue, kind, payload, max_attempts, trace_id from dead`;
    assert.deepEqual(await outcomes(), ["completed"]);
    assert.deepEqual(await kept(shop), ["in the end"]);
  });
}

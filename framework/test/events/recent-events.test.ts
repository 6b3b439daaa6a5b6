import assert from "node:assert/strict";
import { before, test } from "node:test";
import { countReplay, recentEvents } from "../../src/events/index.ts";
import { APP, eventDatabase, subscription } from "./event-database.ts";

const database = await eventDatabase();
const pool = database.newPool();
const HOUR = 3_600_000;
const NOW = Date.now();

/** 3,000 events of billing over the last 300 hours, every hundredth a refund; 40 of ordering over the last 40. */
before(async () => {
  await database.adminQuery`
    insert into billing._events (id, event, version, payload, published_at)
    select n, case when n % 100 = 0 then 'billing.refunded' else 'billing.paymentCaptured' end, 1,
      jsonb_build_object('n', n), ${new Date(NOW - 300 * HOUR)}::timestamptz + n * interval '6 minutes'
    from generate_series(1, 3000) n`;
  await database.adminQuery`
    insert into ordering._events (id, event, version, payload, published_at)
    select n, 'ordering.placed', 1, jsonb_build_object('n', n),
      ${new Date(NOW - 40 * HOUR)}::timestamptz + n * interval '1 hour'
    from generate_series(1, 40) n`;
});

const recent = (parts: Partial<Parameters<typeof recentEvents>[0]> = {}) =>
  recentEvents({
    app: APP,
    pool,
    publishers: ["billing", "ordering"],
    limit: 20,
    after: null,
    lookAtMost: 1_000,
    ...parts,
  });

test("the newest events of several publishers are merged by their time, page by page", async () => {
  const ids: string[] = [];
  const times: number[] = [];
  let after: string | null = null;
  for (let page = 0; page < 10; page++) {
    const found = await recent({ after });
    ids.push(...found.events.map(({ publisher, id }) => `${publisher}.${id}`));
    times.push(...found.events.map(({ publishedAt }) => publishedAt.getTime()));
    after = found.next;
  }
  assert.deepEqual([ids.length, new Set(ids).size], [200, 200]);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
  assert.ok(ids.includes("ordering.40") && ids.includes("billing.3000"));
});

test("a kind that hardly ever comes is looked for among so many events, and further with the next page", async () => {
  const found: number[] = [];
  let after: string | null = null;
  let pages = 0;
  do {
    const page = await recent({ publishers: ["billing"], event: "billing.refunded", after, lookAtMost: 500 });
    assert.ok(page.lookedAt <= 500);
    found.push(...page.events.map(({ id }) => id));
    after = page.next;
    pages++;
  } while (after !== null);
  assert.deepEqual([found.length, found[0], found.at(-1)], [30, 3000, 100]);
  assert.ok(pages >= 6);
  await assert.rejects(recent({ after: "nonsense" }), { code: "ASHLAR_EVENT_CURSOR_INVALID" });
});

test("what a replay would deliver is counted in its period alone, up to a bound", async () => {
  const count = (sinceHours: number, untilHours: number, bounds = { atMost: 1_000, lookAtMost: 5_000 }) =>
    countReplay({
      app: APP,
      pool,
      subscription: subscription({ name: "keep" }),
      since: new Date(NOW - sinceHours * HOUR),
      until: new Date(NOW - untilHours * HOUR),
      ...bounds,
    });
  assert.deepEqual(await count(10, 0), { count: 99, isAtLeast: false });
  assert.deepEqual(await count(20, 10), { count: 99, isAtLeast: false });
  assert.deepEqual(await count(900, 800), { count: 0, isAtLeast: false });
  assert.deepEqual(await count(300, 0, { atMost: 100, lookAtMost: 5_000 }), { count: 100, isAtLeast: true });
  assert.deepEqual(await count(300, 0, { atMost: 1_000, lookAtMost: 200 }), { count: 198, isAtLeast: true });
});

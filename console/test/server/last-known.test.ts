import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { statement } from "ashlar/postgres";
import { LastKnown } from "../../server/reading/last-known.ts";
import { openScene, type Scene } from "./scene.ts";

const hostile = "<script>alert(1)</script>\u2028</textarea>";

describe("while the database does not answer", () => {
  let scene: Scene;
  before(async () => {
    scene = await openScene({
      hasOwnServer: true,
      requestTimeoutMs: 2_500,
      endpoints: (ground) => [
        {
          kind: "read",
          path: "/test/rows",
          read: async ({ query }) =>
            (await ground.execute(statement`select ${query.get("text") ?? hostile}::text as text`)).rows,
        },
      ],
    });
  });
  after(() => scene.stop());

  test("the last that is known is shown, since when and why; nobody new gets in and nothing is done", async () => {
    const fresh = await scene.ask("/api/test/rows");
    const known = (await fresh.json()) as { data: unknown; at: number; stale: unknown };
    assert.deepEqual([known.data, known.stale], [[{ text: hostile }], null]);
    // A browser that is shown it as a page shows text.
    assert.equal(fresh.headers.get("content-type"), "application/json; charset=utf-8");
    assert.equal(fresh.headers.get("x-content-type-options"), "nosniff");
    assert.equal(fresh.headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");

    await scene.stopDatabase();
    const before = Date.now();
    const stale = (await (await scene.ask("/api/test/rows")).json()) as {
      data: unknown;
      at: number;
      stale: { since: number; reason: string };
    };
    assert.deepEqual(stale.data, known.data);
    assert.equal(stale.at, known.at);
    assert.ok(stale.stale.since >= before - 1_000);
    assert.equal(stale.stale.reason, "The database cannot be reached");
    const again = (await (await scene.ask("/api/test/rows")).json()) as typeof stale;
    assert.equal(again.stale.since, stale.stale.since, "of the first try");

    const others = await Promise.all([
      scene.ask("/api/test/rows?text=other"),
      scene.ask("/api/test/rows", { token: "reader-token" }),
      scene.post("/api/session", { name: "operator", password: "correct horse" }),
    ]);
    assert.deepEqual(
      others.map(({ status }) => status),
      [503, 503, 503],
      "what was never asked for, who was never let in, and signing in",
    );

    // Longer than an answer of the app about a token counts, shorter than somebody is remembered.
    scene.clock.aheadMs = 60_000;
    assert.equal((await scene.ask("/api/test/rows")).status, 200);
    assert.equal((await scene.ask("/api/session")).status, 200);
    scene.clock.aheadMs = 301_000;
    assert.equal((await scene.ask("/api/test/rows")).status, 503, "not remembered any longer");
  });
});

test("who asks for the same at the same time gets the same answer", async () => {
  const lastKnown = new LastKnown();
  const { promise, resolve } = Promise.withResolvers<string>();
  let reads = 0;
  const read = () => {
    reads++;
    return promise;
  };
  const answers = [lastKnown.answer("a", read), lastKnown.answer("a", read)];
  resolve("rows");
  const [one, other] = await Promise.all(answers);
  assert.equal(one, other);
  assert.equal(reads, 1);
});

test("an answer that takes too long is replaced by the last known one, and comes later by itself", async () => {
  const lastKnown = new LastKnown(Date.now, 20);
  await lastKnown.answer("a", async () => 1);
  const { promise, resolve } = Promise.withResolvers<number>();
  const late = JSON.parse(await lastKnown.answer("a", () => promise)) as Record<string, unknown>;
  assert.equal(late.data, 1);
  assert.equal((late.stale as { reason: string }).reason, "The database did not answer in time");
  resolve(2);
  const next = JSON.parse(await lastKnown.answer("a", async () => 3)) as Record<string, unknown>;
  assert.deepEqual([next.data, next.stale], [2, null], "of the read that was under way");
});

test("what is wrong with the code is not hidden behind what was known", async () => {
  const lastKnown = new LastKnown();
  await lastKnown.answer("a", async () => 1);
  await assert.rejects(
    lastKnown.answer("a", async () => {
      throw new TypeError("planted");
    }),
    TypeError,
  );
});

test("only so much is kept", async () => {
  const lastKnown = new LastKnown(Date.now, 20);
  const never = new Promise<never>(() => {});
  for (let n = 0; n < 301; n++) await lastKnown.answer(`path ${n}`, async () => n);
  assert.match(await lastKnown.answer("path 300", () => never), /"data":300/);
  const first = lastKnown.answer("path 0", async () => "read anew");
  assert.match(await first, /read anew/);
});

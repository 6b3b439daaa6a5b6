import assert from "node:assert/strict";
import { test } from "node:test";
import { Kept } from "../../server/modules/kept.ts";

test("an answer is used again for some seconds, by all who ask for the same", async () => {
  let now = 0;
  let reads = 0;
  const kept = new Kept(() => now);
  const ask = (key: string) => kept.get(key, async () => ++reads);
  assert.deepEqual(await Promise.all([ask("a"), ask("a"), ask("b")]), [1, 1, 2]);
  now = 14_999;
  assert.equal(await ask("a"), 1);
  now = 15_000;
  assert.equal(await ask("a"), 3);
});

test("what failed is asked again at once", async () => {
  const kept = new Kept(() => 0);
  await assert.rejects(kept.get("a", () => Promise.reject(new Error("away"))));
  assert.equal(await kept.get("a", async () => "there"), "there");
});

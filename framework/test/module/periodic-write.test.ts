import assert from "node:assert/strict";
import { test } from "node:test";
import { PeriodicWrite } from "../../src/module/periodic-write.ts";

const MINUTE_MS = 60_000;
const NOON = Date.UTC(2026, 10, 20, 12);

test("on the full: whenever it was started, it writes as each minute begins, until it is stopped", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOON + 59_500 });
  const written: number[] = [];
  const periodic = new PeriodicWrite(MINUTE_MS, async () => void written.push(Date.now() - NOON), {
    onTheFull: true,
  });
  periodic.start();
  for (let seconds = 0; seconds < 125; seconds++) {
    t.mock.timers.tick(1_000);
    await Promise.resolve();
  }
  assert.deepEqual(
    written.map((at) => Math.floor(at / MINUTE_MS)),
    [1, 2, 3],
  );
  await periodic.stop();
  t.mock.timers.tick(2 * MINUTE_MS);
  assert.equal(written.length, 4);
});

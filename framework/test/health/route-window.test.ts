import assert from "node:assert/strict";
import { test } from "node:test";
import { RouteWindow } from "../../src/health/index.ts";
import { Telemetry } from "../../src/telemetry/index.ts";

const ROUTE = "GET /v1/orders/{id}";

function answered({ spans }: Telemetry, times: number, error: string | null = null, failed?: boolean): void {
  for (let request = 0; request < times; request++) {
    const id = spans.start("request", "ordering", ROUTE, "", 0);
    if (failed === undefined) spans.end(id, error);
    else spans.end(id, error, failed);
  }
}

test("what the routes did of late comes from spans as they end, and what is older is forgotten", () => {
  const telemetry = new Telemetry();
  let time = 0;
  const window = new RouteWindow(telemetry.metrics, { now: () => time, windowMs: 60_000, stepMs: 10_000 });
  assert.deepEqual(window.stats(), []);
  answered(telemetry, 90);
  answered(telemetry, 10, "ASHLAR_POOL_EXHAUSTED", true);
  answered(telemetry, 5, "ORDERING_OUT_OF_STOCK", false);
  time = 10_000;
  const [stats, ...others] = window.stats();
  assert.deepEqual(others, []);
  assert.deepEqual(
    { ...stats, p99: 0 },
    {
      route: ROUTE,
      module: "ordering",
      requests: 105,
      errors: 10,
      p99: 0,
      codes: { ASHLAR_POOL_EXHAUSTED: 10 },
    },
  );
  for (time = 20_000; time <= 80_000; time += 10_000) window.stats();
  assert.deepEqual(window.stats(), []);
});

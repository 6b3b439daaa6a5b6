import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics, SpanMetrics, SpanRing } from "../../../src/telemetry/index.ts";
import { Scraped } from "./scraped.ts";

function observed() {
  const metrics = new Metrics();
  const { ended } = new SpanMetrics(metrics);
  return { metrics, ended, read: async () => new Scraped(await metrics.scrape()) };
}

const place = { module: "ordering", operation: "ordering.placeOrder" };

test("rate, errors and duration come by route, operation, job, subscriber and module", async () => {
  const { ended, read } = observed();
  ended("request", "ordering", "POST /v1/orders", 12, null, false, 1);
  ended("call", "ordering", "ordering.placeOrder", 10, null, false, 2);
  ended("call", "ordering", "ordering.placeOrder", 3, "ORDERING_OUT_OF_STOCK", false, 3);
  ended("job", "ordering", "ordering.expireOrders", 5, "ASHLAR_WALL", true, 4);
  ended("delivery", "ordering", "ordering.on.markPaid", 7, null, false, 5);
  const scrape = await read();
  const counts = {
    ashlar_request_duration_seconds_count: { module: "ordering", route: "POST /v1/orders" },
    ashlar_operation_duration_seconds_count: place,
    ashlar_job_duration_seconds_count: { module: "ordering", job: "ordering.expireOrders" },
    ashlar_delivery_duration_seconds_count: { module: "ordering", subscriber: "ordering.on.markPaid" },
    ashlar_module_work_duration_seconds_count: { module: "ordering" },
  };
  assert.deepEqual(
    Object.entries(counts).map(([name, labels]) => scrape.value(name, labels)),
    [1, 2, 1, 1, 4],
  );
  assert.equal(scrape.value("ashlar_operation_duration_seconds_sum", place), 0.013);
  assert.equal(
    scrape.value("ashlar_operation_errors_total", {
      ...place,
      code: "ORDERING_OUT_OF_STOCK",
      outcome: "refused",
    }),
    1,
  );
  assert.equal(scrape.value("ashlar_job_errors_total", { code: "ASHLAR_WALL", outcome: "failed" }), 1);
  assert.equal(scrape.series("ashlar_request_errors_total").length, 0);
  assert.deepEqual(
    scrape
      .series("ashlar_module_work_errors_total")
      .map(({ labels, value }) => [labels.code, labels.outcome, value]),
    [
      ["ORDERING_OUT_OF_STOCK", "refused", 1],
      ["ASHLAR_WALL", "failed", 1],
    ],
  );
});

test("statements are counted by module, whatever their texts", async () => {
  const { ended, read } = observed();
  for (let index = 0; index < 1000; index++)
    ended("statement", "catalog", `select ${index}`, 1, null, false, index);
  ended("statement", "catalog", "select", 1, "ASHLAR_STATEMENT_TIMEOUT", true, 1000);
  const scrape = await read();
  assert.equal(scrape.series("ashlar_statement_duration_seconds_count").length, 1);
  assert.equal(scrape.value("ashlar_statement_duration_seconds_count", { module: "catalog" }), 1001);
  assert.equal(scrape.value("ashlar_statement_errors_total", { module: "catalog" }), 1);
  // They are a part of some operation's time, and would be in the module's twice.
  assert.deepEqual(scrape.series("ashlar_module_work_duration_seconds_count"), []);
});

test("names and codes without end are held in a bounded number of series, and none of them is lost", async () => {
  const { ended, read } = observed();
  for (let index = 0; index < 2000; index++) {
    ended("call", `module ${index}`, `operation ${index}`, 1, `CODE_${index}`, true, index);
  }
  const scrape = await read();
  const total = (name: string) => scrape.series(name).reduce((sum, { value }) => sum + value, 0);
  for (const name of [
    "ashlar_operation_duration_seconds_count",
    "ashlar_module_work_duration_seconds_count",
  ]) {
    assert.equal(scrape.series(name).length, 301, name);
    assert.equal(total(name), 2000, name);
  }
  assert.equal(scrape.series("ashlar_operation_errors_total").length, 1001);
  assert.equal(total("ashlar_operation_errors_total"), 2000);
  assert.ok(scrape.series("ashlar_metric_series_limited").length >= 4);
});

test("the same name in two modules is two series", async () => {
  const { ended, read } = observed();
  for (const module of ["a", "b", "a"]) ended("request", module, "none", 1, null, false, 1);
  const scrape = await read();
  assert.equal(scrape.value("ashlar_request_duration_seconds_count", { module: "a" }), 2);
  assert.equal(scrape.value("ashlar_request_duration_seconds_count", { module: "b" }), 1);
});

test("a ring of spans feeds them, also with spans that it has already lost", async () => {
  const { metrics, ended } = observed();
  const ring = new SpanRing(4);
  ring.onEnded(ended);
  for (let index = 0; index < 10; index++) {
    ring.end(ring.start("call", "ordering", "ordering.placeOrder", "trace", 0), index === 0 ? "BAD" : null);
  }
  const scrape = new Scraped(await metrics.scrape());
  assert.equal(scrape.value("ashlar_operation_duration_seconds_count", place), 10);
  assert.equal(
    scrape.value("ashlar_operation_errors_total", { ...place, code: "BAD", outcome: "failed" }),
    1,
  );
});

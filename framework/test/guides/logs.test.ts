import assert from "node:assert/strict";
import { test } from "node:test";
import { system } from "../../src/module/index.ts";
import { createLog, Secret } from "../../src/telemetry/index.ts";
import { testApp } from "../../src/testing/index.ts";
import { inOrders, labWith, orders } from "../module/lab.ts";

// What docs/guides/logs.md shows, in an app.

test("a use case logs with its trace, at a level that can be changed while the app runs", async () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const cart = { id: "c-1", items: [1, 2] };
  const key = new Secret("hunter2");

  const log = createLog({ level: "info", destination });

  const list = inOrders.handle(orders.list, async (_, { log }) => {
    log.debug({ cart: cart.id, items: cart.items.length }, "placing an order");
    log.warn({ key }, "the provider is slow");
    return { lines: [] };
  });
  const { app } = await testApp({ modules: labWith([list]), log });
  const run = (traceId: string) => app.execute(orders.list, {}, { actor: system("test"), traceId });
  const written = () => lines.splice(0).map((line) => JSON.parse(line));

  await run("aaaa");
  const [only, ...none] = written();
  const { level, module, operation, trace, actor, msg } = only;
  assert.deepEqual(
    { level, module, operation, trace, actor, key: only.key, msg },
    {
      ...{ level: "warn", module: "orders", operation: "orders.list", trace: "aaaa", actor: "system:test" },
      ...{ key: "[secret]", msg: "the provider is slow" },
    },
  );
  assert.deepEqual(none, []);

  app.telemetry.logLevels.set("orders", "debug");
  app.telemetry.logLevels.set("app", "error", 60_000);
  const changed = app.telemetry.logLevels
    .list()
    .map(({ module, level, until }) => [module, level, until !== null]);

  await run("bbbb");
  assert.deepEqual(
    written().map(({ level, msg }) => [level, msg]),
    [
      ["debug", "placing an order"],
      ["warn", "the provider is slow"],
    ],
  );
  assert.deepEqual(changed, [
    ["app", "error", true],
    ["orders", "debug", true],
    ["stock", "info", false],
    ["ledger", "info", false],
  ]);

  const traceId = "aaaa";
  const kept = app.telemetry.recentLines.ofTrace(traceId);
  assert.deepEqual(
    kept.map(({ fields }) => fields.msg),
    ["the provider is slow"],
  );
});

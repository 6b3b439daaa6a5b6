import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { pino } from "pino";
import { closed, contract, query, Type } from "../../src/contract/index.ts";
import { createApp, define, defineModule, SchemaError, system } from "../../src/module/index.ts";
import { createTestDatabase, testApp, testClock, testRandomness } from "../../src/testing/index.ts";
import { inOrders, lab, labWith, orders } from "./lab.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("what comes from outside is validated, in direct mode too", async () => {
  const { app } = await lab([], "direct");
  await assert.rejects(app.execute(orders.place, { text: 7 } as never), (error: unknown) => {
    assert.ok(error instanceof SchemaError);
    assert.equal(error.code, "ASHLAR_INPUT_INVALID");
    assert.deepEqual(error.violations, [{ path: "/text", message: "must be string" }]);
    return true;
  });
});

test("an operation of a module that the host left out is refused by name", async () => {
  const { app } = await lab([]);
  const stranger = contract("stranger", { ask: query({ input: closed({}), output: closed({}) }) });
  await assert.rejects(
    app.execute(stranger.ask, {}),
    /no operation stranger\.ask: add its module to the host/,
  );
});

test("a caller is anonymous and a trace is new unless told", async () => {
  const seen: unknown[] = [];
  const { app } = await lab([
    inOrders.handle(orders.list, async (_, { actor, traceId }) => {
      seen.push(actor);
      assert.match(traceId, /^[0-9a-f]{32}$/);
      seen.push(traceId);
      return { lines: [] };
    }),
  ]);
  await app.execute(orders.list, {});
  await app.execute(orders.list, {});
  assert.deepEqual(seen[0], { kind: "anonymous" });
  assert.notEqual(seen[1], seen[3]);
});

test("ids are UUIDs of version 7, ordered by the app's clock", async () => {
  const ids: string[] = [];
  const { app, clock } = await lab([
    inOrders.handle(orders.list, async (_, { newId, now }) => {
      ids.push(newId(), newId());
      return { lines: [now().toISOString()] };
    }),
  ]);
  clock.set("2026-03-01T12:00:00Z");
  assert.deepEqual(await app.execute(orders.list, {}), { lines: ["2026-03-01T12:00:00.000Z"] });
  clock.advance(1);
  await app.execute(orders.list, {});
  for (const id of ids) assert.match(id, UUID_V7);
  assert.equal(new Set(ids).size, 4);
  const milliseconds = ids.map((id) => Number.parseInt(id.replace("-", "").slice(0, 12), 16));
  const start = Date.parse("2026-03-01T12:00:00Z");
  assert.deepEqual(milliseconds, [start, start, start + 1, start + 1]);
});

test("randomness is repeatable", async () => {
  const draw = async () => {
    const drawn: string[] = [];
    const list = inOrders.handle(orders.list, async (_, { randomBytes, newId }) => {
      drawn.push(randomBytes(40).toString("hex"), newId());
      return { lines: [] };
    });
    const { app } = await testApp({
      modules: labWith([list]),
      clock: testClock("2026-03-01T12:00:00Z"),
      randomness: testRandomness("seed"),
    });
    await app.execute(orders.list, {});
    return drawn;
  };
  assert.deepEqual(await draw(), await draw());
});

test("a module receives its settings frozen, and keeps them when the host changes its own", async () => {
  const shelf = contract("shelf", {
    look: query({ input: closed({}), output: closed({ limit: Type.Integer() }) }),
  });
  const inShelf = define(shelf, { settings: closed({ limit: Type.Integer() }) });
  const look = inShelf.handle(shelf.look, async (_, { settings }) => {
    assert.throws(() => Object.assign(settings, { limit: 99 }), TypeError);
    return { limit: settings.limit };
  });
  const settings = { shelf: { limit: 3 } };
  const { app } = await testApp({ modules: [defineModule(inShelf, { handlers: [look] })], settings });
  settings.shelf.limit = 4;
  assert.deepEqual(await app.execute(shelf.look, {}), { limit: 3 });
});

test("a line of log names module, operation, trace and actor", async () => {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const list = inOrders.handle(orders.list, async (_, { log }) => {
    log.info("looked");
    return { lines: [] };
  });
  const { app } = await testApp({ modules: labWith([list]), log: pino(destination) });
  await app.execute(orders.list, {}, { actor: system("test"), traceId: "cafe" });
  const { module, operation, trace, actor, msg } = lines[0]!;
  assert.deepEqual(
    { module, operation, trace, actor, msg },
    { module: "orders", operation: "orders.list", trace: "cafe", actor: "system:test", msg: "looked" },
  );
});

test("the graph lists uses, reads and the operations that join a caller's transaction", () => {
  const { graph, databaseModel } = createApp({ name: "lab", modules: labWith([]) });
  assert.deepEqual(graph.uses, [
    { from: "orders", to: "stock" },
    { from: "orders", to: "ledger" },
    { from: "stock", to: "ledger" },
  ]);
  assert.deepEqual(graph.reads, [{ from: "orders", to: "stock", view: "listing" }]);
  assert.deepEqual(graph.atomicEdges, [
    { from: "orders", operation: "stock.reserve" },
    { from: "orders", operation: "ledger.record" },
    { from: "stock", operation: "ledger.record" },
  ]);
  assert.deepEqual(
    databaseModel.modules.map(({ name, publishes, reads }) => ({ name, publishes, reads })),
    [
      { name: "ashlar", publishes: [], reads: [] },
      { name: "orders", publishes: [], reads: [{ module: "stock", view: "listing" }] },
      { name: "stock", publishes: ["listing"], reads: [] },
      { name: "ledger", publishes: [], reads: [] },
    ],
  );
});

test("an app prepares its database, tries the walls, serves, and stops once however often it is asked", async () => {
  const list = inOrders.handle(orders.list, async (_, { db }) => {
    const rows = await db.selectFrom("stock.listing").select("sku").execute();
    return { lines: rows.map(({ sku }) => sku) };
  });
  const app = createApp({ name: "lab_boot", modules: labWith([list]) });
  assert.throws(() => app.pool, /call start\(\) first/);
  // An empty database: a model without modules.
  const database = await createTestDatabase({ app: "lab_boot", modules: [] });
  const report = await app.start({ adminUrl: database.url });
  assert.deepEqual(report.softWalls, []);
  assert.ok(report.walls!.walls.length > 0);
  assert.ok(report.walls!.walls.every(({ holds }) => holds));
  assert.equal(report.migrated.length > 0, true);
  assert.deepEqual(await app.execute(orders.list, {}), { lines: ["bolt"] });
  await assert.rejects(app.start({ adminUrl: database.url }), /was already started/);
  await Promise.all([app.stop(), app.stop()]);
  await app.stop();

  const next = createApp({ name: "lab_boot", modules: labWith([list]) });
  assert.deepEqual((await next.start({ adminUrl: database.url })).migrated, []);
  await next.stop();
  await database.drop();
});

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Refusal } from "ashlar/http";
import type { ModuleDocument, ModuleList, ModuleView } from "../../api/module.ts";
import { ModulePlaces } from "../../server/modules/module-places.ts";
import { lastMinutes } from "../../server/modules/period.ts";
import { openMarket } from "./market.ts";

const market = await openMarket();

describe("the modules", () => {
  const goodsOver = (range: string) =>
    market.read<ModuleView>("/modules/{name}", { name: "goods" }, range === "" ? {} : { range });
  before(async () => {
    await market.did({ kind: "request", module: "goods", name: "GET /v1/goods", count: 300, minutes: 90 });
    await market.did({ kind: "call", module: "goods", name: "goods.find", count: 300, minutes: 90 });
    await market.did({ kind: "call", module: "goods", name: "goods.take", count: 60, failed: 6, bucket: 60 });
    await market.did({ kind: "edge", module: "stalls", name: "goods", count: 60, failed: 6, bucket: 60 });
    await market.did({ kind: "job", module: "stalls", name: "stalls.count", count: 6, failed: 1 });
    await market.did({ kind: "delivery", module: "stalls", name: "stalls.on.noteTaken", count: 12 });
    // In the hour that a day begins in, but before it: whoever reads that hour as a whole counts it.
    await market.sql(
      `insert into ashlar.activity_hours
       select 'call', 'goods', date_trunc('hour', to_timestamp($1::float8 / 1000), 'UTC'), unnest(array['goods.find', '']),
         1000, 1000, 1, 0, '{1000}'`,
      [lastMinutes(Date.now(), 1_440).from - 1],
    );
    await market.sql(`insert into ashlar.database_cost
      select date_trunc('minute', now() - interval '3 seconds') - n * interval '1 minute', 'goods', 100, 600, 50, 1, 2, 1, 1000, 0
      from generate_series(1, 60) n`);
    await market.sql(
      `insert into ashlar.statement_texts (query_id, text) values (7, 'select id from goods.shelf')`,
    );
    await market.sql(`insert into ashlar.statement_cost
      values (date_trunc('hour', now() - interval '1 hour', 'UTC'), 'goods', 7, 10, 300, 5, 90), (date_trunc('hour', now() - interval '1 hour', 'UTC'), 'goods', 8, 1, 100, 5, 100),
        (date_trunc('hour', now() - interval '1 hour', 'UTC'), 'stalls', 9, 1, 900, 5, 100)`);
  });

  test("are listed with their owners and what they did", async () => {
    const { modules, from, until } = await market.read<ModuleList>("/modules");
    assert.equal(until - from, 300_000);
    assert.deepEqual(
      modules.map(({ name, owners, operations, routes, jobs, events }) => ({
        ...{ name, owners, operations, routes, jobs, events },
      })),
      [
        { name: "stalls", owners: [], operations: 1, routes: 1, jobs: 1, events: 0 },
        { name: "goods", owners: ["@wholesale", "@pat"], operations: 2, routes: 1, jobs: 0, events: 1 },
        { name: "big_ledger", owners: ["@everybody"], operations: 1, routes: 0, jobs: 0, events: 0 },
      ],
    );
    assert.equal(modules[1]!.work.perSecond, 6);
    assert.equal(modules[0]!.work.count, 90);
  });

  test("one of them: what it has, with what came of each part", async () => {
    const goods = await goodsOver("");
    assert.equal(goods.range, "1h");
    assert.deepEqual(goods.owners, ["@wholesale", "@pat"]);
    assert.equal(goods.directory, "modules/goods");
    assert.deepEqual(
      goods.operations.map(({ id, kind, transaction, errors, work }) => ({
        ...{ id, kind, transaction },
        errors: errors.map(({ code }) => code),
        failed: work.failed,
        count: work.count,
      })),
      [
        {
          id: "goods.take",
          kind: "command",
          transaction: "joins",
          errors: ["GOODS_NONE_LEFT"],
          failed: 30,
          count: 300,
        },
        { id: "goods.find", kind: "query", transaction: null, errors: [], failed: 0, count: 18_000 },
      ],
    );
    assert.equal(goods.routes[0]!.work.perSecond, 5);
    assert.equal(goods.routes[0]!.auth, "anyone");
    assert.deepEqual(goods.published, [
      {
        id: "goods.taken",
        name: "taken",
        version: 1,
        subscribers: [{ module: "stalls", name: "noteTaken" }],
      },
    ]);
    assert.deepEqual(
      goods.usedBy.map(({ module, work }) => [module, work.count]),
      [["stalls", 300]],
    );
    assert.equal(goods.work.count, 18_300);
  });

  test("one of them: its jobs with their schedules, its subscribers, its queues", async () => {
    const stalls = await market.read<ModuleView>("/modules/{name}", { name: "stalls" });
    assert.deepEqual(
      stalls.jobs.map(({ id, queue, schedules, work }) => [id, queue, schedules, work.count]),
      [["stalls.count", "nightly", ["every 5 min"], 30]],
    );
    assert.deepEqual(
      stalls.subscribers.map(({ name, event, inOrder, work }) => [name, event, inOrder, work.count]),
      [["noteTaken", "goods.taken", true, 60]],
    );
    assert.deepEqual(
      stalls.queues.map(({ queue, ready, dead }) => [queue, ready, dead]),
      [
        ["default", 0, 0],
        ["nightly", 0, 0],
      ],
    );
    assert.equal(stalls.routes[0]!.auth, "role clerk");
    assert.deepEqual(
      stalls.uses.map(({ module, work }) => [module, work.count]),
      [["goods", 300]],
    );
    assert.deepEqual(stalls.reads, ["goods.onShelf"]);
  });

  test("one of them: jobs that wait are counted", async () => {
    const { app } = market.ground;
    const count = app.graph.modules[0]!.declaredJobs[0]!;
    await app.enqueueAll([1, 2, 3].map(() => ({ job: count, payload: {}, options: {} })));
    const stalls = await market.read<ModuleView>("/modules/{name}", { name: "stalls" });
    const nightly = stalls.queues.find(({ queue }) => queue === "nightly")!;
    assert.equal(nightly.ready, 3);
    assert.equal(nightly.isAtLeast, false);
    assert.ok(nightly.readyAgeMs! >= 0);
  });

  test("one of them: its work over time, in steps that make a chart", async () => {
    for (const [range, steps, stepMs] of [
      ["1h", 60, 60_000],
      ["6h", 72, 300_000],
      ["24h", 96, 900_000],
      ["7d", 168, 3_600_000],
    ] as const) {
      const { series } = await goodsOver(range);
      assert.equal(series.stepMs, stepMs);
      assert.ok(Math.abs(series.times.length - steps) <= 1, `${range}: ${series.times.length}`);
      for (const values of Object.values(series.values)) assert.equal(values.length, series.times.length);
    }
    const { series } = await goodsOver("1h");
    assert.deepEqual(series.values.operations?.slice(-6), [5, 6, 6, 6, 6, 6]);
    assert.deepEqual(series.values.errors?.at(-1), 6 / 360);
    assert.equal(series.values.database?.at(-1), 10);
    assert.ok(series.values.p99!.at(-1)! > 2_000);
    assert.ok(series.values.p99!.at(0)! < 120);
  });

  test("one of them: what it costs, and its own dearest statements", async () => {
    const { cost, statements } = await goodsOver("");
    assert.deepEqual(cost, {
      msPerHour: 36_000,
      share: 1,
      statementsPerHour: 6_000,
      rowsPerHour: 3_000,
      blocksReadPerHour: 120,
      walBytesPerHour: 60_000,
    });
    assert.deepEqual(
      statements.map(({ queryId, text, share }) => [queryId, text, share]),
      [
        ["7", "select id from goods.shelf", 0.75],
        ["8", null, 0.25],
      ],
    );
  });

  test("one of them: its log level, and until when it is another", async () => {
    assert.deepEqual((await goodsOver("")).log, { level: "silent", usual: "silent", until: null });
    market.ground.app.telemetry.logLevels.set("goods", "debug", 60_000);
    const { log } = await goodsOver("");
    assert.equal(log.level, "debug");
    assert.ok(log.until! > Date.now());
    market.ground.app.telemetry.logLevels.set("goods", "silent");
  });

  test("over hours and days nothing is left out, and nothing of before the period is in it", async () => {
    for (const range of ["6h", "24h", "7d"]) {
      const { work, operations, series } = await goodsOver(range);
      const total = 300 * 90 + 60 * 5 + (range === "7d" ? 1_000 : 0);
      assert.equal(work.count, total, range);
      assert.equal(
        operations.reduce((sum, each) => sum + each.work.count, 0),
        total,
      );
      assert.ok(work.p50Ms! > 80 && work.p50Ms! < 120, `${work.p50Ms}`);
      assert.ok(series.values.p99!.at(-1) !== null);
    }
  });

  test("one of them: what was changed, of itself and of the whole app", async () => {
    const { changes } = await market.read<ModuleView>("/modules/{name}", { name: "big_ledger" });
    assert.deepEqual(
      changes.map(({ kind, module }) => [kind, module]),
      changes.map(({ kind }) => [kind, kind === "migration" ? "big_ledger" : null]),
    );
    assert.ok(changes.some(({ kind }) => kind === "migration"));
  });

  test("have documents, as they are written", async () => {
    assert.deepEqual((await goodsOver("")).documents, ["readme", "runbook"]);
    const read = (name: string, document: string) =>
      market.read<ModuleDocument>("/modules/{name}/documents/{document}", { name, document });
    assert.deepEqual(await read("goods", "runbook"), {
      path: "docs/runbooks/goods.md",
      markdown: "# When goods run out\n\n1. Look at the shelf.\n",
    });
    assert.equal((await read("big_ledger", "readme")).path, "modules/big-ledger/README.md");
    for (const document of ["runbook", "../../CODEOWNERS", "constructor"]) {
      await assert.rejects(read("big_ledger", document), refusedAs("ROUTE_NOT_FOUND"));
    }
  });

  test("refuse a name and a range that they do not know", async () => {
    await assert.rejects(market.read("/modules/{name}", { name: "nobody" }), refusedAs("ROUTE_NOT_FOUND"));
    await assert.rejects(goodsOver("1y"), refusedAs("REQUEST_INVALID"));
  });

  test("have neither place nor owner where the app runs without its sources", () => {
    const places = new ModulePlaces(null, market.ground.description);
    assert.equal(places.directoryOf("goods"), null);
    assert.deepEqual(places.ownersOf("goods"), []);
    assert.deepEqual(places.documentsOf("goods"), []);
  });
});

function refusedAs(code: string) {
  return (error: unknown) => error instanceof Refusal && error.problem.code === code;
}

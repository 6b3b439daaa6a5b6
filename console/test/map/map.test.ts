import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { MapView } from "../../api/map.ts";
import { lastMinutes } from "../../server/modules/period.ts";
import { openMarket } from "../modules/market.ts";

const SEEN = "2026-11-20T10:00:00.000Z";

const market = await openMarket();

describe("the map", () => {
  let map: MapView;
  before(async () => {
    await market.did({ kind: "call", module: "goods", name: "goods.find", count: 300, bucket: 40 });
    await market.did({
      kind: "call",
      module: "goods",
      name: "goods.take",
      count: 60,
      failed: 30,
      bucket: 60,
    });
    await market.did({ kind: "job", module: "stalls", name: "stalls.count", count: 6 });
    await market.did({
      kind: "delivery",
      module: "stalls",
      name: "stalls.on.noteTaken",
      count: 12,
      failed: 3,
    });
    await market.did({ kind: "edge", module: "stalls", name: "goods", count: 60, failed: 30, bucket: 60 });
    // Too old to count.
    await market.sql(`insert into ashlar.activity values
      ('call', 'big_ledger', date_trunc('minute', now()) - interval '10 minutes', 'big_ledger.total', 9, 0, 9, 0, '{9}')`);
    await market.sql(
      `insert into ashlar.observed_edges (kind, from_id, to_id, calls, last_at) values
        ('call', 'stalls.sell', 'goods.take', 9, $1), ('delivery', 'stalls.on.noteTaken', 'goods.taken', 3, $1),
        ('call', 'goods.take', 'big_ledger.total', 1, $1), ('call', 'gone.past', 'goods.find', 1, $1)`,
      [SEEN],
    );
    await market.sql(`insert into ashlar.database_cost
      select minute, m, 100, case m when 'goods' then 9000 else 1000 end, 1, 1, 1, 1, 1, 0
      from (select date_trunc('minute', now() - interval '3 seconds') - n * interval '1 minute' as minute
        from generate_series(1, 5) n) minutes, unnest(array['goods', 'stalls']) m`);
    map = await market.read<MapView>("/map");
  });

  const module = (name: string) => map.modules.find((each) => each.name === name)!;
  const edge = (kind: string, from: string, to: string) =>
    map.edges.find((each) => each.kind === kind && each.from === from && each.to === to);

  test("places every module within the picture, none on another", () => {
    assert.deepEqual(
      map.modules.map(({ name }) => name),
      ["stalls", "goods", "big_ledger"],
    );
    for (const [index, box] of map.modules.entries()) {
      assert.ok(
        box.x >= 0 && box.y >= 0 && box.x + box.width <= map.width && box.y + box.height <= map.height,
      );
      for (const other of map.modules.slice(index + 1)) {
        assert.ok(
          box.x + box.width <= other.x ||
            other.x + other.width <= box.x ||
            box.y + box.height <= other.y ||
            other.y + other.height <= box.y,
        );
      }
    }
    assert.ok(module("stalls").x < module("goods").x, "callers stand left of what they call");
  });

  test("says what each module did in the last whole minutes, all kinds together", () => {
    assert.equal(map.until - map.from, 300_000);
    const goods = module("goods").work;
    assert.equal(goods.count, 1_800);
    assert.equal(goods.perSecond, 6);
    assert.equal(goods.failed, 150);
    assert.equal(goods.errorShare, 150 / 1_800);
    assert.ok(goods.p50Ms! > 80 && goods.p50Ms! < 120, `${goods.p50Ms}`);
    assert.ok(goods.p99Ms! > 2_000, `${goods.p99Ms}`);
    const stalls = module("stalls").work;
    assert.equal(stalls.count, 90);
    assert.equal(stalls.errorShare, 15 / 90);
    assert.equal(module("big_ledger").work.count, 0);
    assert.equal(module("big_ledger").work.p99Ms, null);
  });

  test("says what each module's statements take of the database", () => {
    assert.deepEqual(module("goods").database, { msPerSecond: 150, share: 0.9 });
    assert.deepEqual(module("big_ledger").database, { msPerSecond: 0, share: 0 });
  });

  test("draws what is declared, and says what of it was seen to happen", () => {
    const calls = edge("call", "stalls", "goods")!;
    assert.match(calls.path, /^M[\d.]+ [\d.]+ /);
    assert.equal(calls.isDeclared, true);
    assert.equal(calls.isObserved, true);
    assert.deepEqual(calls.members, [
      { kind: "read", id: "goods.onShelf", isDeclared: true, seenAt: null },
      { kind: "call", id: "goods.take", isDeclared: true, seenAt: Date.parse(SEEN) },
    ]);
    assert.equal(calls.work?.perSecond, 1);
    assert.equal(calls.work?.errorShare, 0.5);
    const events = edge("event", "goods", "stalls")!;
    assert.deepEqual(events.members, [
      { kind: "event", id: "goods.taken", isDeclared: true, seenAt: Date.parse(SEEN) },
    ]);
    assert.equal(events.work?.count, 60);
    assert.equal(events.work?.errorShare, 0.25);
  });

  test("draws also what was seen and nobody declares, but nothing of modules that are gone", () => {
    const stray = edge("call", "goods", "big_ledger")!;
    assert.equal(stray.isDeclared, false);
    assert.equal(stray.isObserved, true);
    assert.deepEqual(
      stray.members.map(({ id, isDeclared }) => [id, isDeclared]),
      [["big_ledger.total", false]],
    );
    assert.equal(map.edges.length, 3);
  });
});

test("a minute counts when it has ended and there was time to write it down", () => {
  const minute = Date.parse("2026-11-20T10:05:00Z");
  assert.equal(lastMinutes(minute + 2_999, 5).until, minute - 60_000);
  assert.deepEqual(lastMinutes(minute + 3_000, 5), { from: minute - 300_000, until: minute });
});

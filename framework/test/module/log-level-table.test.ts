import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { changeLogLevel } from "../../src/module/index.ts";
import { LogLevelTable } from "../../src/module/log-level-table.ts";
import { Pool, workerRole } from "../../src/postgres/index.ts";
import { LogLevels } from "../../src/telemetry/index.ts";
import { eventually, testApp } from "../../src/testing/index.ts";
import { labWith } from "./lab.ts";

const EVERY_MS = 10_000;
const shop = await testApp({ modules: labWith([]) });
const role = workerRole(shop.app.name);
const execute = (statement: Parameters<Pool["execute"]>[1]) => shop.app.pool.execute(role, statement);

/** What an instance has beside its modules. */
function instance(pool: () => Pool = () => shop.app.pool) {
  const warned: string[] = [];
  const levels = new LogLevels(pino({ level: "info" }, { write: (line: string) => void warned.push(line) }));
  levels.loggerOf("orders");
  const log = pino({ level: "warn" }, { write: (line: string) => void warned.push(line) });
  const table = new LogLevelTable({ app: shop.app.name, pool, log, levels });
  const levelOf = () => levels.list().find(({ module }) => module === "orders")!;
  return { levels, table, levelOf, warned };
}

test("a change reaches every instance, with what is left of its time; a later one replaces it", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const [one, other] = [instance(), instance()];
  one.table.start();
  other.table.start();
  await changeLogLevel(execute, { module: "orders", level: "debug", forMs: 60_000 });
  t.mock.timers.tick(EVERY_MS - 1);
  assert.equal(one.levelOf().level, "info");
  t.mock.timers.tick(1);
  for (const { levelOf } of [one, other]) {
    await eventually("the level is taken over", () => levelOf().level === "debug");
    const leftMs = levelOf().until!.getTime() - Date.now();
    assert.ok(leftMs > 30_000 && leftMs <= 60_000);
  }
  // Somebody sets it back here alone; the same change is not taken over twice.
  one.levels.set("orders", "info");
  await changeLogLevel(execute, { module: "app", level: "error", forMs: 60_000 });
  t.mock.timers.tick(EVERY_MS);
  await eventually("the next change is taken over", () => one.levels.list()[0]!.level === "error");
  assert.equal(one.levelOf().level, "info");
  await changeLogLevel(execute, { module: "orders", level: "info", forMs: 60_000 });
  t.mock.timers.tick(EVERY_MS);
  await eventually("it is the usual one again", () => other.levelOf().level === "info");
  assert.equal(other.levelOf().until, null);
  await Promise.all([one.table.stop(), other.table.stop()]);
});

test("a change whose time is over is none", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  await shop.adminQuery`truncate ashlar.log_levels`;
  await shop.adminQuery`insert into ashlar.log_levels values ('orders', 'trace', now() - interval '1 second')`;
  await changeLogLevel(execute, { module: "app", level: "error", forMs: 60_000 });
  const { levels, table, levelOf } = instance();
  table.start();
  t.mock.timers.tick(EVERY_MS);
  await eventually("the other one is taken over", () => levels.list()[0]!.level === "error");
  assert.equal(levelOf().level, "info");
  await table.stop();
});

test("a module that this release does not have is passed over with a line in the log", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  await shop.adminQuery`truncate ashlar.log_levels`;
  await changeLogLevel(execute, { module: "another_release", level: "debug", forMs: 60_000 });
  const { table, warned } = instance();
  table.start();
  t.mock.timers.tick(EVERY_MS);
  await eventually("it is told", () => warned.some((line) => line.includes("was passed over")));
  await table.stop();
});

test("without a database levels stay as they are", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const away = new Pool({ connection: { ...shop.app.pool.address, port: 1 } });
  const { table, levelOf, warned } = instance(() => away);
  table.start();
  t.mock.timers.tick(EVERY_MS);
  await table.stop();
  assert.equal(levelOf().level, "info");
  assert.deepEqual(warned, []);
  await away.stop();
});

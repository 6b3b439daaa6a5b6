import assert from "node:assert/strict";
import { after, test } from "node:test";
import { firingChecks, HealthMonitor, objectives, RouteWindow, watchedPool } from "../../src/health/index.ts";
import { testApp } from "../../src/testing/index.ts";
import { inPress, press, pressWith, print } from "../module/press.ts";

const writes = inPress.handle(press.write, async ({ title }, { sql, enqueue }) => {
  await sql`insert into press.articles (title) values (${title})`;
  await enqueue(print, { title });
  return {};
});
const prints = inPress.perform(print, async ({ title }) => {
  if (title === "poison") throw new Error("out of ink");
});
const running = await testApp({
  modules: pressWith({ handlers: [writes], jobs: [prints] }),
  adapters: { press: { printer: { print: async () => {} } } },
});
const { app } = running;
const monitor = new HealthMonitor({
  checks: firingChecks(),
  url: running.databaseUrl,
  scene: {
    app: app.name,
    modules: app.graph.modules.map(({ name }) => name),
    pools: [watchedPool("requests", () => app.pool)],
    routeStats: new RouteWindow(app.telemetry.metrics).stats,
    objectives: objectives(),
    now: Date.now,
  },
});
after(() => monitor.stop());

test("all checks look at a running app, and all are quiet", async () => {
  const worker = await app.work();
  for (let round = 0; round < 4; round++) {
    for (let article = 0; article < 10; article++)
      await app.execute(press.write, { title: `${round} ${article}` });
    await monitor.look();
  }
  await worker.stop();
  const { firing, blind, quiet } = monitor.now();
  assert.deepEqual(firing, []);
  assert.deepEqual(blind, []);
  assert.equal(quiet.length, firingChecks().length + 1);
});

test("dead-letters: a poisoned job of a running app is found with its module and kind", async () => {
  await app.enqueue(print, { title: "poison" });
  for (let attempt = 0; attempt < 3; attempt++) {
    await running.jobs.runDue();
    running.clock.advance(1_000);
  }
  await monitor.look();
  const [firing, ...others] = monitor.now().firing;
  assert.deepEqual(others, []);
  assert.equal(firing!.check, "dead-letters");
  assert.equal(firing!.title, "Jobs print of press fail for good");
  assert.equal(firing!.module, "press");
});

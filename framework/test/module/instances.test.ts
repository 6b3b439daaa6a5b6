import assert from "node:assert/strict";
import { hostname } from "node:os";
import { test } from "node:test";
import { type App, createApp, Instances } from "../../src/module/index.ts";
import { Pool, workerRole } from "../../src/postgres/index.ts";
import { eventually, testApp } from "../../src/testing/index.ts";
import { labWith } from "./lab.ts";

const modules = labWith([]);
const shop = await testApp({ modules });
const role = workerRole(shop.app.name);
const instances = new Instances({ execute: (statement) => shop.app.pool.execute(role, statement) });
const forget = () => shop.adminQuery`truncate ashlar.instances`;
const all = { since: 0, limit: 100 };

async function started(release?: string): Promise<App> {
  const app = createApp({ modules, name: shop.app.name, release });
  await app.start({ pool: new Pool({ connection: shop.app.pool.address }) });
  return app;
}

test("an instance is there from its start, runs until it stops, and says its release", async () => {
  await forget();
  const app = await started("1.2.3");
  assert.equal(app.release, "1.2.3");
  await eventually("it is there", async () => (await instances.list(all)).length === 1);
  const [running] = await instances.list(all);
  assert.deepEqual(
    { ...running, id: "", startedAt: 0, seenAt: 0 },
    {
      id: "",
      release: "1.2.3",
      host: hostname(),
      pid: process.pid,
      startedAt: 0,
      seenAt: 0,
      stoppedAt: null,
      state: "running",
    },
  );
  assert.ok(Math.abs(running!.startedAt - Date.now()) < 10_000);
  await app.stop();
  const [stopped] = await instances.list(all);
  assert.equal(stopped!.state, "stopped");
  assert.ok(stopped!.stoppedAt! >= stopped!.startedAt);
});

test("one that was killed is gone once it was not seen for three heartbeats", async () => {
  await forget();
  await plant("1", 200, { seen: 95 });
  await plant("1", 200, { seen: 80 });
  assert.deepEqual(
    (await instances.list(all)).map(({ state }) => state),
    ["running", "gone"],
  );
});

test("a heartbeat brings back a row that was lost, and one half a minute later is seen", async (t) => {
  await forget();
  t.mock.timers.enable({ apis: ["setInterval"] });
  const app = await started();
  await eventually("it is there", async () => (await instances.list(all)).length === 1);
  const [first] = await instances.list(all);
  await forget();
  t.mock.timers.tick(30_000);
  await eventually("it is there again", async () => (await instances.list(all)).length === 1);
  t.mock.timers.tick(30_000);
  await eventually("it is seen", async () => {
    const [again] = await instances.list(all);
    return again!.id === first!.id && again!.seenAt > again!.startedAt;
  });
  await app.stop();
});

test("an instance of another release than the one before is a deploy, the way back too", async () => {
  await forget();
  await plant("1", 1_000, { stopped: 500 });
  await plant("1", 900, { seen: 5 });
  await plant("2", 600, { seen: 5 });
  await plant(null, 300, { seen: 5 });
  await plant("1", 200, { stopped: 100 });
  assert.deepEqual(
    (await instances.starts(all)).map(({ release, previousRelease, isDeploy }) => [
      release,
      previousRelease,
      isDeploy,
    ]),
    [
      ["1", null, true],
      [null, "2", true],
      ["2", "1", true],
      ["1", "1", false],
      ["1", null, true],
    ],
  );
  assert.deepEqual(
    (await instances.releases({ limit: 10 })).map(({ release, instances, running }) => [
      release,
      instances,
      running,
    ]),
    [
      [null, 1, 1],
      ["2", 1, 1],
      ["1", 3, 1],
    ],
  );
});

test("after 90 days an instance is forgotten, unless it still runs", async () => {
  await forget();
  const day = 86_400;
  await plant("old", 100 * day, { stopped: 91 * day, seen: 91 * day });
  await plant("long", 100 * day, { seen: 10 });
  const app = await started("new");
  await app.stop();
  assert.deepEqual(
    (await instances.list(all)).map(({ release }) => release),
    ["long", "new"],
  );
});

/** An instance that started, and was seen or stopped, so many seconds ago. */
async function plant(release: string | null, started: number, ago: { seen?: number; stopped?: number }) {
  await shop.adminQuery`
    insert into ashlar.instances (id, release, host, pid, started_at, seen_at, stopped_at)
    values (gen_random_uuid(), ${release}, 'host', 1, now() - make_interval(secs => ${started}),
      now() - make_interval(secs => ${ago.seen ?? ago.stopped ?? 0}), now() - make_interval(secs => ${ago.stopped ?? null}))`;
}

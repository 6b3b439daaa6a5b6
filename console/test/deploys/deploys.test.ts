import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "ashlar/http";
import { system } from "ashlar/module";
import { eventually } from "ashlar/testing";
import type { Deploys } from "../../api/deploys.ts";
import { deploysEndpoints } from "../../server/deploys/endpoints.ts";
import { openMarket } from "../modules/market.ts";

const market = await openMarket();
const [endpoint] = deploysEndpoints(market.ground);

async function read(query: Record<string, string> = {}): Promise<Deploys> {
  if (endpoint?.kind !== "read") throw new Error("There is nothing to read.");
  const about = {
    params: {},
    actor: system("test"),
    access: "reader" as const,
    deadline: Date.now() + 5_000,
  };
  return (await endpoint.read({ ...about, query: new URLSearchParams(query) })) as Deploys;
}

test("this instance runs, and the migrations of all modules are there with their times", async () => {
  const deploys = await eventually("it is noted", async () => {
    const found = await read();
    return found.instances.length === 1 ? found : null;
  });
  assert.equal(deploys.instances[0]!.pid, process.pid);
  assert.equal(deploys.instances[0]!.state, "running");
  const modules = new Set(deploys.migrations.map(({ module }) => module));
  assert.deepEqual([...modules].sort(), ["ashlar", "big_ledger", "goods", "stalls"]);
  for (const { at, durationMs } of deploys.migrations) {
    assert.ok(Math.abs(at - Date.now()) < 600_000 && durationMs >= 0);
  }
  assert.deepEqual(deploys.pending, []);
});

test("releases, killed instances, and changes of a week", async () => {
  await market.sql("truncate ashlar.instances");
  await market.sql(`
    insert into ashlar.instances (id, release, host, pid, started_at, seen_at, stopped_at) values
      (gen_random_uuid(), '1.0', 'one', 1, now() - interval '20 days', now() - interval '1 day', now() - interval '1 day'),
      (gen_random_uuid(), '1.0', 'two', 2, now() - interval '20 days', now() - interval '1 day', null),
      (gen_random_uuid(), '1.1', 'one', 3, now() - interval '1 day', now(), null)`);
  const { instances, releases, changes } = await read();
  assert.deepEqual(
    instances.map(({ host, pid, state }) => [host, pid, state]),
    [
      ["one", 3, "running"],
      ["one", 1, "stopped"],
      ["two", 2, "gone"],
    ],
  );
  assert.deepEqual(
    releases.map(({ release, instances, running }) => [release, instances, running]),
    [
      ["1.1", 1, 1],
      ["1.0", 2, 0],
    ],
  );
  assert.ok(changes.some(({ title }) => title === "Release 1.1 began after 1.0"));
  assert.ok(!changes.some(({ title }) => title.startsWith("Release 1.0")));
});

test("of one module alone; what is of the whole app stays", async () => {
  const { migrations, changes, instances } = await read({ module: "goods" });
  assert.deepEqual([...new Set(migrations.map(({ module }) => module))], ["goods"]);
  assert.ok(changes.every(({ module }) => module === null || module === "goods"));
  assert.ok(instances.length > 0);
  await assert.rejects(async () => await read({ module: "nowhere" }), Refusal);
});

test("a file that the database has not is pending", async () => {
  await market.sql("delete from goods._migrations where source = 'module'");
  const { pending } = await read();
  assert.ok(pending!.length > 0 && pending!.every(({ module }) => module === "goods"));
  assert.match(pending![0]!.file, /^0001_.*\.sql$/);
});

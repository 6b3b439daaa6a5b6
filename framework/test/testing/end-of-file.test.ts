import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import pg from "pg";
import { testServerUrl } from "../../src/testing/index.ts";
import { runTrial } from "./run-trial.ts";

async function databases(): Promise<string[]> {
  const client = new pg.Client(await testServerUrl());
  await client.connect();
  const { rows } = await client.query("select datname from pg_database where not datistemplate");
  await client.end();
  return rows.map(({ datname }) => datname);
}

// Each test waits for processes of its own.
describe("the end of a test file", { concurrency: true }, () => {
  test("a connection left open fails the file, by its name and last statement", async () => {
    const { status, output } = await runTrial("leaks-connection.ts");
    assert.equal(status, 1, output);
    assert.match(output, /✔ opens a connection and forgets it/);
    assert.match(
      output,
      /still has connections: forgotten \(pid \d+, idle, last statement: select .*leaky test/,
    );
  });

  test("a timer and a server left running fail the file, and the process ends all the same", async () => {
    const { status, output } = await runTrial("leaks-resources.ts");
    assert.equal(status, 1, output);
    assert.match(output, /✔ starts a timer and a server/);
    assert.match(
      output,
      /This test file leaks (a timer, a TCP server that listens|a TCP server that listens, a timer)\./,
    );
  });

  test("what an author stops in `after` is stopped before the app, wherever the app was started", async () => {
    const { status, output } = await runTrial("stops-in-after.ts");
    assert.equal(status, 0, output);
  });

  test("a file that fails drops its database as well", async () => {
    const { status, output } = await runTrial("fails.ts");
    assert.equal(status, 1);
    const [, name] = /on (test_\w+)/.exec(output)!;
    assert.equal((await databases()).includes(name!), false);
  });

  test("processes that want the same template at once make it once", async (t) => {
    const directory = await mkdtemp(join(tmpdir(), "ashlar-race-"));
    t.after(() => rm(directory, { recursive: true }));
    await writeFile(
      join(directory, "0001_create_things.sql"),
      `create table shelf.things (id uuid primary key, sku text not null, put_at timestamptz not null);
       comment on table shelf.things is '${directory}';`,
    );
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => runTrial("races.ts", { TRIAL_MIGRATIONS: directory })),
    );
    const names = new Set<string>();
    for (const { status, output } of outcomes) {
      assert.equal(status, 0, output);
      names.add(/app (test_\w+)/.exec(output)![1]!);
    }
    assert.equal(names.size, 1);
    assert.deepEqual(
      (await databases()).filter((name) => name.includes([...names][0]!)),
      [],
    );
  });
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import pg from "pg";
import { startTestServer } from "../../src/testing/index.ts";

const directory = await mkdtemp(join(tmpdir(), "ashlar-servers-"));
after(() => rm(directory, { recursive: true }));

async function servers(): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.startsWith("server-"));
}

test("a test server starts empty, answers, and leaves nothing but the prepared cluster", async () => {
  const server = await startTestServer({ directory });
  const client = new pg.Client(server.url);
  await client.connect();
  const { rows } = await client.query(
    "select rolsuper, current_setting('fsync') as fsync from pg_roles where rolname = current_user",
  );
  assert.deepEqual(rows, [{ rolsuper: true, fsync: "off" }]);
  await client.end();
  assert.equal((await servers()).length, 1);
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  assert.deepEqual(await readdir(directory), ["prepared"]);
});

test("what a killed run left behind is removed by the next", async () => {
  const testing = new URL("../../src/testing/index.ts", import.meta.url);
  const script = `import { startTestServer } from ${JSON.stringify(testing.href)};
    await startTestServer({ directory: ${JSON.stringify(directory)} });
    console.log("up"); setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const [abandoned] = await servers();
  child.kill("SIGKILL");
  await once(child, "exit");
  const next = await startTestServer({ directory });
  assert.equal(existsSync(join(directory, abandoned!)), false);
  assert.equal((await servers()).length, 1);
  await next.stop();
});

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startEmbeddedPostgres } from "ashlar/postgres";
import { testServerUrl } from "ashlar/testing";
import { ashlar, cliScene } from "./cli-scene.ts";

const scene = await cliScene();
const home = mkdtempSync(join(tmpdir(), "ashlar-cli-"));
after(() => rmSync(home, { recursive: true, force: true, maxRetries: 20 }));

test("wrong words are told with what to type instead, and end with 2", async () => {
  for (const [words, expected] of [
    [[], /Usage: ashlar/],
    [["jobs"], /Usage: ashlar jobs/],
    [["job"], /unknown command 'job'/],
    [["jobs", "lsit"], /unknown command 'lsit'/],
    [["jobs", "list", "--stat", "dead"], /unknown option '--stat'[\s\S]*Try ashlar jobs list --help/],
    [["jobs", "list", "--state", "deaf"], /There is no state "deaf"/],
    [["jobs", "list", "--older", "3 minutes"], /no length of time/],
    [["jobs", "list", "--limit", "0"], /a number from 1 to 1000/],
    [["jobs", "list", "--module", "biling"], /no module "biling"\. It has billing, ordering/],
    [["jobs", "list", "1042"], /no job's id\. One looks like billing:1042/],
    [["jobs", "list", "--after", "x"], /no cursor/],
    [["jobs", "show"], /missing required argument 'id'/],
    [["jobs", "pause", "payments"], /names no queue\. One looks like billing\.payments/],
    [["jobs", "list", "--database", "mysql://x"], /--database cannot be read/],
  ] as const) {
    const { code, stdout, stderr } = await scene.run(...words);
    assert.deepEqual([code, stdout], [2, ""], `${words.join(" ")}: ${stdout}${stderr}`);
    assert.match(stderr, expected);
  }
});

test("help is no failure", async () => {
  const { code, stdout, stderr } = await ashlar(["jobs", "retry", "--help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /Example:\n {2}ashlar jobs retry /);
});

test("a database that does not answer is told with its address and without its password", async () => {
  const url = "postgres://ann:secret@127.0.0.1:1/shop";
  const { code, stdout, stderr } = await ashlar(["jobs", "list", "--database", url]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^PostgreSQL at 127\.0\.0\.1:1 cannot be reached/);
  assert.ok(!stderr.includes("secret"));
  const asJson = await ashlar(["jobs", "list", "--database", url, "--json"]);
  assert.equal(JSON.parse(asJson.stderr).error.code, "ASHLAR_DATABASE_UNAVAILABLE");
});

test("a database without an app is told apart from an empty queue", async () => {
  const url = new URL(await testServerUrl());
  url.pathname = "/postgres";
  const { code, stderr } = await ashlar(["jobs", "list", "--database", url.href]);
  assert.equal(code, 1);
  assert.match(stderr, /There is no app of Ashlar in database postgres/);
});

test("without a database the command asks for one, and a project's own must exist", async () => {
  const nowhere = await ashlar(["jobs", "list"], { cwd: home });
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /^Which database\?/);
  const project = projectIn(join(home, "new"));
  const missing = await ashlar(["jobs", "list"], { cwd: project });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /does not exist yet\. Start the app once/);
  assert.ok(!existsSync(join(project, ".ashlar")));
});

test("the embedded database of the project around is found and joined, also below ASHLAR_HOME", async () => {
  const project = projectIn(join(home, "shop"));
  const below = join(project, "modules", "billing");
  mkdirSync(below, { recursive: true });
  const elsewhere = join(home, "elsewhere");
  const server = await startEmbeddedPostgres({
    directory: join(elsewhere, "postgres"),
    database: "shop",
    durable: false,
  });
  try {
    const { code, stderr } = await ashlar(["jobs", "list"], {
      cwd: below,
      environment: { ASHLAR_HOME: elsewhere },
    });
    assert.equal(code, 1);
    assert.match(stderr, /no app of Ashlar in database shop/);
    assert.equal(
      (await ashlar(["jobs", "list"], { cwd: below })).stderr.includes("does not exist yet"),
      true,
    );
  } finally {
    await server.stop();
  }
});

function projectIn(directory: string): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ ashlar: { embedded: { directory: ".ashlar/postgres", database: "shop" } } }),
  );
  return directory;
}

// The Node of the machine, where it is an older one than the project's.
const OLD_NODE = ["/usr/bin/node", "/usr/local/bin/node"].find(
  (path) => existsSync(path) && path !== process.execPath,
);

test("another Node hands over to the project's, with its exit code", {
  skip: OLD_NODE === undefined,
}, async () => {
  const { code, stderr } = await ashlar(["jobs", "lsit"], { node: OLD_NODE! });
  assert.equal(code, 2);
  assert.match(stderr, /unknown command 'lsit'/);
});

test("an old Node without the project's says what is needed", { skip: OLD_NODE === undefined }, async (t) => {
  const { stdout } = await ashlar(["--help"], { node: OLD_NODE! });
  if (!stdout.startsWith("Usage")) t.skip("no pinned Node");
  const { code, stderr } = await ashlar(["--help"], {
    node: OLD_NODE!,
    environment: { ASHLAR_HANDED_OVER: "1" },
  });
  if (code === 0) return t.skip("the machine's Node is new enough");
  assert.equal(code, 1);
  assert.match(stderr, /^ashlar needs Node 24 or later; this is /);
});

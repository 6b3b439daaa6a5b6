import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { TEST_SERVER_VARIABLE, testServerUrl } from "../../src/testing/index.ts";
import { OBSERVED_DIRECTORY } from "../../src/testing/observed-run.ts";

const here = (file: string) => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));

/** Writes an article, which the archive takes in, and asks for a price with a fake. */
const file = (extra = "") => `
import { test } from "node:test";
import { fake, testApp } from ${here("../../src/testing/index.ts")};
import { pricing, shelf, shelfModule } from ${here("./shelf.ts")};
import { inArchive, inPress, press, pressWith } from ${here("../module/press.ts")};

const shop = await testApp({
  modules: [shelfModule, ...pressWith({
    handlers: [inPress.handle(press.write, async ({ title }, { publish }) => {
      await publish(press.written, { title, words: 1 });
      return {};
    })],
    on: [inArchive.on(press.written, { name: "keepCopy" }, async ({ payload }) => void payload.title)],
  })],
  adapters: { press: { printer: { print: async () => {} } } },
  fakes: [fake(pricing, { quote: async () => ({ cents: 400 }), charge: async () => ({}) })],
});
test("a thing is put on the shelf", () => shop.app.execute(shelf.put, { sku: "bolt" }));
test("an article is kept", async () => {
  await shop.app.execute(press.write, { title: "a" });
  await shop.jobs.runDue();
});
${extra}
`;

function project(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "ashlar-observed-")));
  after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function run(path: string, words: readonly string[] = [], calls = "direct"): Promise<void> {
  const child = spawn(process.execPath, [...words, path], {
    env: { PATH: process.env.PATH, [TEST_SERVER_VARIABLE]: await testServerUrl(), ASHLAR_CALLS: calls },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, "close");
  assert.equal(code, 0, output);
}

const observed = (root: string) =>
  existsSync(join(root, OBSERVED_DIRECTORY))
    ? readdirSync(join(root, OBSERVED_DIRECTORY)).map((name) =>
        JSON.parse(readFileSync(join(root, OBSERVED_DIRECTORY, name), "utf8")),
      )
    : [];

const manifest = JSON.stringify({ type: "module", workspaces: ["modules/*"] });
const TEST = "modules/press/test/a.test.ts";

describe("a test file leaves what it observed", { concurrency: true }, () => {
  test("in the root of its project, with calls, deliveries, views and what was read", async () => {
    const root = project({ "package.json": manifest, "modules/press/package.json": "{}", [TEST]: file() });
    await run(join(root, TEST), [], "serialised");
    const [{ version, test: name, calls, at, edges, reads, present }, ...others] = observed(root);
    assert.deepEqual(others, []);
    assert.deepEqual({ version, name, calls }, { version: 1, name: TEST, calls: "serialised" });
    assert.deepEqual(
      edges.map(({ firstAt: _, lastAt, ...edge }: { firstAt: string; lastAt: string }) => {
        assert.equal(lastAt, at);
        return edge;
      }),
      [
        { kind: "call", from: "shelf.put", to: "pricing.charge", count: 1 },
        { kind: "call", from: "shelf.put", to: "pricing.quote", count: 1 },
        { kind: "delivery", from: "archive.on.keepCopy", to: "press.written", count: 1 },
      ],
    );
    assert.deepEqual(reads, {
      "shelf.put": { "pricing.quote": ["/cents"], "pricing.charge": [] },
      "archive.on.keepCopy": { "press.written": ["/title"] },
    });
    assert.deepEqual(present, {
      "shelf.put": { "pricing.quote": ["/cents"], "pricing.charge": [] },
      "archive.on.keepCopy": { "press.written": ["/title", "/words"] },
    });
  });

  test("once for each mode, however often it runs; outputs of direct calls are not watched", async () => {
    const root = project({ "package.json": manifest, [TEST]: file() });
    await run(join(root, TEST));
    await run(join(root, TEST), [], "serialised");
    await run(join(root, TEST));
    const runs = observed(root).sort((a, b) => (a.calls < b.calls ? -1 : 1));
    assert.deepEqual(
      runs.map(({ calls }) => calls),
      ["direct", "serialised"],
    );
    assert.deepEqual(runs[0].reads, { "archive.on.keepCopy": { "press.written": ["/title"] } });
    assert.equal(runs[0].edges[0].count, 1);
  });

  test("of all its apps together, those that a test stopped too", async () => {
    const again = `
test("a second app", async () => {
  const other = await testApp({
    modules: [shelfModule],
    fakes: [fake(pricing, { quote: async () => ({ cents: 1 }), charge: async () => ({}) })],
  });
  await other.app.execute(shelf.put, { sku: "nut" });
  await other.stop();
});`;
    const root = project({ "package.json": manifest, [TEST]: file(again) });
    await run(join(root, TEST));
    assert.deepEqual(
      observed(root)[0].edges.map(({ count }: { count: number }) => count),
      [2, 2, 1],
    );
  });

  test("but not outside of a project, nor when only some of its tests ran", async () => {
    const lonely = project({ "package.json": JSON.stringify({ type: "module" }), "a.test.ts": file() });
    await run(join(lonely, "a.test.ts"));
    assert.deepEqual(observed(lonely), []);
    const root = project({ "package.json": manifest, [TEST]: file() });
    await run(join(root, TEST), ["--test-name-pattern=shelf"]);
    assert.deepEqual(observed(root), []);
  });
});

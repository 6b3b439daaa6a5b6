import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { testServerUrl } from "ashlar/testing";
import { findProject } from "../src/project/project.ts";
import { selectTests } from "../src/project/select-tests.ts";
import { ashlar } from "./cli-scene.ts";

const passing = 'import { test } from "node:test";\ntest("it holds", () => {});\n';
const failing =
  'import { test } from "node:test";\ntest("it does not", () => { throw new Error("broken"); });\n';

const root = mkdtempSync(join(tmpdir(), "ashlar-test-command-"));
after(() => rmSync(root, { recursive: true, force: true }));
for (const [file, text] of Object.entries({
  "package.json": '{ "name": "lab", "workspaces": ["modules/*", "host"] }',
  "modules/orders/package.json": '{ "name": "@lab/orders" }',
  "modules/orders/test/place.test.ts": passing,
  "modules/orders/test/deep/total.test.ts": passing,
  "modules/orders/test/scene.ts": "export {};\n",
  "modules/orders/src/not-a-suite.test.ts": failing,
  "host/package.json": '{ "name": "@lab/host" }',
  "host/test/app.test.ts": failing,
  "test/whole.test.ts": passing,
})) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
mkdirSync(join(root, "node_modules"));
symlinkSync(fileURLToPath(new URL("../../framework", import.meta.url)), join(root, "node_modules/ashlar"));

test("the tests of a project are those of its packages and its own, and no other file", () => {
  assert.deepEqual(selectTests(findProject(root), [], root), [
    "host/test/app.test.ts",
    "modules/orders/test/deep/total.test.ts",
    "modules/orders/test/place.test.ts",
    "test/whole.test.ts",
  ]);
});

test("words choose by a part of the path, or name a file from where one stands", () => {
  const project = findProject(root);
  assert.deepEqual(selectTests(project, ["place", "host/"], root), [
    "host/test/app.test.ts",
    "modules/orders/test/place.test.ts",
  ]);
  assert.deepEqual(selectTests(project, ["whole.test.ts"], join(root, "test")), ["test/whole.test.ts"]);
  assert.deepEqual(selectTests(project, ["nothing-like-it"], root), []);
});

test("the exit code says whether tests passed, failed or were not found", async () => {
  const environment = { ASHLAR_TEST_SERVER: await testServerUrl() };
  const run = (...words: string[]) => ashlar(["test", ...words, "--json"], { cwd: root, environment });
  const passed = await run("orders");
  assert.equal(passed.code, 0, passed.stderr);
  assert.deepEqual(JSON.parse(passed.stdout), {
    files: ["modules/orders/test/deep/total.test.ts", "modules/orders/test/place.test.ts"],
    passed: 2,
    failed: 0,
  });
  const failed = await run();
  assert.equal(failed.code, 1);
  assert.deepEqual(JSON.parse(failed.stdout).failed, 1);
  assert.equal((await run("nothing-like-it")).code, 3);
});

import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { SmallProject } from "./small-project.ts";

let project: SmallProject;
beforeEach(() => {
  project = new SmallProject();
});
afterEach(() => project.dispose());

const CACHE = "node_modules/.cache/ashlar/check.json";
const FILE = "modules/desk/src/a.ts";
const CLEAN = `import "./xxxxxxxxxxxxxxxxx.ts";\n`;
const DIRTY = `import "../../shelf/src/secret";\n`;

async function fresh(...words: string[]): Promise<number> {
  return (await project.report(...words)).counts.freshFiles;
}

test("a file is read again when its text has changed, and only then", async () => {
  project.write(FILE, CLEAN);
  assert.equal(await fresh(), 8);
  assert.equal(await fresh(), 0);
  project.write(FILE, `${CLEAN}// more\n`);
  assert.equal(await fresh(), 1);
  assert.equal(await fresh("--no-cache"), 8);
});

test("a change that leaves time and size as they were is seen", async () => {
  const then = new Date("2026-01-01T00:00:00Z");
  const write = (text: string) => {
    project.write(FILE, text);
    utimesSync(join(project.root, FILE), then, then);
  };
  assert.equal(CLEAN.length, DIRTY.length);
  write(CLEAN);
  assert.deepEqual(await project.found(), []);
  write(DIRTY);
  assert.deepEqual(await project.found(), [`${FILE}:1:8 internals`]);
});

test("what was found is found again from the cache", async () => {
  project.write(FILE, DIRTY);
  const first = await project.found();
  assert.equal(first.length, 1);
  const { counts, violations } = await project.report();
  assert.deepEqual([counts.freshFiles, violations.length], [0, 1]);
});

test("a file that has gone is forgotten", async () => {
  project.write(FILE, DIRTY);
  await project.report();
  project.remove(FILE);
  assert.deepEqual(await project.found(), []);
  assert.ok(!project.read(CACHE).includes(FILE));
});

test("a cache that is cut off, empty, of another version or something else is as good as none", async () => {
  project.write(FILE, DIRTY);
  await project.report();
  const whole = project.read(CACHE);
  for (const broken of [
    whole.slice(0, whole.length / 2),
    "",
    "null",
    "[]",
    JSON.stringify({ ...JSON.parse(whole), version: "0" }),
    whole.replace(/"files":\{.*/s, '"files":null}'),
  ]) {
    project.write(CACHE, broken);
    const { counts, violations } = await project.report();
    assert.deepEqual([counts.freshFiles, violations.length], [8, 1], broken.slice(0, 40));
    assert.equal(await fresh(), 0);
  }
});

test("a cache that cannot be written keeps nobody from checking", async () => {
  project.write("node_modules/.cache/ashlar", "a file where the folder should be");
  project.write(FILE, DIRTY);
  assert.deepEqual(await project.found(), [`${FILE}:1:8 internals`]);
});

test("checks that run at once all find the same and leave a cache that can be read", async () => {
  project.write(FILE, DIRTY);
  const found = await Promise.all(Array.from({ length: 4 }, () => project.found()));
  for (const each of found) assert.deepEqual(each, [`${FILE}:1:8 internals`]);
  assert.equal(await fresh(), 0);
});

test("a changed tsconfig.json or package.json takes effect at once", async () => {
  await project.report();
  const tsconfig = JSON.parse(project.read("modules/desk/tsconfig.json"));
  tsconfig.references.push({ path: "../shelf" });
  project.write("modules/desk/tsconfig.json", tsconfig);
  const manifest = JSON.parse(project.read("modules/shelf/package.json"));
  manifest.exports["./secret"] = "./src/secret.ts";
  project.write("modules/shelf/package.json", manifest);
  const { counts, violations } = await project.report();
  assert.equal(counts.freshFiles, 0);
  assert.deepEqual(
    violations.map(({ rule }) => rule),
    ["references", "exports"],
  );
});

test("a project without node_modules is checked and gets none", async () => {
  project.remove("node_modules");
  assert.deepEqual(await project.found(), []);
  assert.throws(() => project.read(CACHE), { code: "ENOENT" });
});

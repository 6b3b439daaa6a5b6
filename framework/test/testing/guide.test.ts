import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { TEST_SERVER_VARIABLE, testServerUrl } from "../../src/testing/index.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");
const fixture = JSON.stringify(join(import.meta.dirname, "shelf.ts"));

const guide = await readFile(join(root, "docs/guides/testing.md"), "utf8");
const examples = [...guide.matchAll(/^```ts file=(\S+)\n(.*?)^```$/gms)].map(([, path, code]) => ({
  path: path!,
  code: code!,
}));

// The module that the guide talks about, in a directory from which `ashlar/...` resolves as it does for an app.
await mkdir(join(root, ".ashlar"), { recursive: true });
const directory = await mkdtemp(join(root, ".ashlar/guide-"));
after(() => rm(directory, { recursive: true }));
for (const { path, code } of [
  ...examples,
  { path: "package.json", code: '{ "type": "module" }' },
  { path: "contract/index.ts", code: `export { shelf } from ${fixture};` },
  { path: "src/module.ts", code: `export { shelfModule as default } from ${fixture};` },
  {
    path: "node_modules/@shop/pricing/package.json",
    code: '{ "name": "@shop/pricing", "type": "module", "exports": "./index.js", "types": "./index.d.ts" }',
  },
  // Plain JavaScript, because Node strips no types below node_modules.
  { path: "node_modules/@shop/pricing/index.js", code: `export { pricing } from ${fixture};` },
  { path: "node_modules/@shop/pricing/index.d.ts", code: `export { pricing } from ${fixture};` },
  {
    path: "tsconfig.json",
    code: JSON.stringify({
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: { composite: false, emitDeclarationOnly: false, noEmit: true },
      include: ["test"],
    }),
  },
]) {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), code);
}

// Each test waits for processes of its own.
describe("the testing guide", { concurrency: true }, () => {
  test("the guide has examples", () => {
    assert.deepEqual(
      examples.map(({ path }) => path),
      ["test/put.test.ts", "test/offers.test.ts", "test/race.test.ts"],
    );
  });

  test("the examples of the testing guide pass", async () => {
    const files = examples.map(({ path }) => join(directory, path));
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const { stdout } = await run(process.execPath, ["--test", ...files], {
      env: { ...environment, [TEST_SERVER_VARIABLE]: await testServerUrl() },
    });
    assert.match(stdout, /pass 4\n/);
  });

  test("the examples of the testing guide compile", async () => {
    const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
    await run(process.execPath, [join(dirname(compiler), "bin/tsc"), "-p", directory]).catch((error) => {
      assert.fail(error.stdout);
    });
  });
});

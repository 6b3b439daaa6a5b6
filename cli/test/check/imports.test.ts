import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { SmallProject } from "./small-project.ts";

let project: SmallProject;
beforeEach(() => {
  project = new SmallProject();
});
afterEach(() => project.dispose());

const DESK = "modules/desk/src";
const SECRET = "../../shelf/src/secret.ts";

test("a project that keeps to its walls passes, and says what was looked at", async () => {
  const { code, stdout } = await project.run();
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^no wall crossed: 2 modules, 7 files, \d+\.\d s\n$/);
});

test("what is computed is noted with its place, and fails nothing", async () => {
  project.write(`${DESK}/a.ts`, "export const load = (name: string) =>\n  import(name);\n");
  project.write(`${DESK}/b.ts`, `export const load = (name: string) => import(\`./\${name}.ts\`);\n`);
  const { code, stdout } = await project.run();
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^modules\/desk\/src\/a\.ts:2:10 {2}note dynamic {2}what import\(\) takes here is computed/m,
  );
  assert.match(stdout, /^modules\/desk\/src\/b\.ts:1:46 {2}note dynamic .*It begins with "\.\/"\.$/m);
  assert.match(stdout, /^no wall crossed, 2 notes: /m);
});

test("a constant that is bound twice is not taken for known", async () => {
  project.write(
    `${DESK}/a.ts`,
    `const at = "./own.ts";\nfunction load(at: string) { return import(at); }\nexport { at, load };\n`,
  );
  assert.deepEqual(await project.found(), [`${DESK}/a.ts:2:43 dynamic`]);
});

test("a part of Kysely that opens connections is a driver, and the rest of it is not", async () => {
  const manifest = JSON.parse(project.read("modules/desk/package.json"));
  manifest.dependencies.kysely = "0.29.9";
  project.write("modules/desk/package.json", manifest);
  project.write(`${DESK}/a.ts`, `import { PostgresDialect } from "kysely";\n`);
  project.write(`${DESK}/b.ts`, `import { sql, type Kysely } from "kysely";\n`);
  assert.deepEqual(await project.found(), [`${DESK}/a.ts:1:33 driver`]);
});

test("tests may open what a module's source may not, but no wall", async () => {
  project.write(
    "modules/desk/test/a.test.ts",
    `import pg from "pg";\nimport { createTestApp } from "ashlar/testing";\nimport "../../shelf/src/secret.ts";\nprocess.env.HOME;\n`,
  );
  assert.deepEqual(await project.found(), ["modules/desk/test/a.test.ts:3:8 internals"]);
});

test("JSDoc types are read in JavaScript, where the compiler reads them, and nowhere else", async () => {
  const comment = `/** @import { S } from "${SECRET}" */\n`;
  project.write(`${DESK}/a.js`, comment);
  project.write(`${DESK}/b.ts`, comment);
  assert.deepEqual(await project.found(), [`${DESK}/a.js:1:24 internals`]);
});

test("a package of another name that is a link to a module is that module", async () => {
  const manifest = JSON.parse(project.read("modules/shelf/package.json"));
  manifest.dependencies.sneaky = "1.0.0";
  project.write("modules/shelf/package.json", manifest);
  const { symlinkSync } = await import("node:fs");
  symlinkSync(`${project.root}/modules/desk`, `${project.root}/node_modules/sneaky`, "dir");
  project.write("modules/shelf/src/a.ts", `import "sneaky/src/secret.ts";\n`);
  assert.deepEqual(await project.found(), ["modules/shelf/src/a.ts:1:8 internals"]);
});

test("a file that cannot be parsed is told, not passed over", async () => {
  project.write(`${DESK}/a.ts`, "export const = 1;\n");
  assert.deepEqual(await project.found(), [`${DESK}/a.ts:1:14 unreadable`]);
});

test("the environment is found however it is read, and not where the name is the file's own", async () => {
  project.write(
    `${DESK}/a.ts`,
    `import system from "node:process";
export const a = process.env.A;
export const b = system["env"];
export const c = globalThis.process.env;
export const { env: d } = process;
export const e = import.meta.env;
export const f = (await import("node:process")).env;
`,
  );
  project.write(`${DESK}/b.ts`, "export const read = (process: { env: string }) => process.env;\n");
  assert.deepEqual(
    (await project.found()).map((each) => each.slice(`${DESK}/`.length)),
    [
      "a.ts:2:18 environment",
      "a.ts:3:18 environment",
      "a.ts:4:18 environment",
      "a.ts:5:14 environment",
      "a.ts:6:18 environment",
      "a.ts:7:18 environment",
    ],
  );
});

test("the folder of a module is the module's, and what lies beside it is not", async () => {
  project.write("modules/beside.ts", "export {};\n");
  project.write(`${DESK}/a.ts`, `import "../../shelf";\nimport "../../beside.ts";\nimport "../../shelf";\n`);
  assert.deepEqual(await project.found(), [
    `${DESK}/a.ts:1:8 internals`,
    `${DESK}/a.ts:2:8 by-path`,
    `${DESK}/a.ts:3:8 internals`,
  ]);
});

test("a package of the workspace that is no module is declared like an installed one", async () => {
  const root = JSON.parse(project.read("package.json"));
  project.write("package.json", { ...root, workspaces: ["modules/*", "parts/*"] });
  project.write("parts/text/package.json", { name: "@small/text", exports: "./text.ts" });
  project.write(`${DESK}/a.ts`, `import "@small/text";\n`);
  project.write("modules/desk/contract/more.ts", `import "@small/text";\n`);
  assert.deepEqual(await project.found(), [
    "modules/desk/contract/more.ts:1:8 contract-imports",
    `${DESK}/a.ts:1:8 undeclared`,
  ]);
});

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { isBoundaryInstalled } from "../../src/boundary/index.ts";
import { closed, command, contract } from "../../src/contract/index.ts";
import { type BootError, createApp, define, defineModule } from "../../src/module/index.ts";
import { Workspace } from "./workspace.ts";

const ORDERING = "shop/modules/ordering";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.remove());

test("a workspace without a trespass compiles, runs under the hook and passes the check", async () => {
  const compiled = await workspace.tsc("-b");
  assert.deepEqual(compiled, { code: 0, output: "" });
  const ran = await workspace.guarded("shop/hosts/monolith/main.ts");
  assert.deepEqual(ran, { code: 0, output: "catalog billing ordering\n" });
  assert.deepEqual(await workspace.check(), []);
});

test("the suite itself runs under the hook", () => {
  assert.ok(isBoundaryInstalled(), "run it with `npm test`");
});

test("without the hook Node runs a relative deep import: the hook is what refuses it", async () => {
  workspace.write(
    `${ORDERING}/src/trespass.ts`,
    `import "../../catalog/src/secret.ts";\nconsole.log("ran");\n`,
  );
  assert.deepEqual(await workspace.node(`${ORDERING}/src/trespass.ts`), { code: 0, output: "ran\n" });
});

test("a refused import names both modules, the specifier, the file and the remedy", async () => {
  const file = `${ORDERING}/src/trespass.ts`;
  workspace.write(file, `import "../../catalog/src/secret.ts";\n`);
  const { output } = await workspace.guarded(file);
  assert.ok(
    output.includes(
      `BoundaryError: @shop/ordering imports internals of @shop/catalog: "../../catalog/src/secret.ts" in ${join(workspace.root, file)}. Import "@shop/catalog", its contract; what is missing there must be added there.`,
    ),
    output,
  );
});

test("a refused import can be caught and told by its code and data", async () => {
  workspace.write(
    `${ORDERING}/src/trespass.ts`,
    `await import("@shop/billing").catch((error) => console.log(error.code, JSON.stringify(error.trespass)));\n`,
  );
  const { output } = await workspace.guarded(`${ORDERING}/src/trespass.ts`);
  assert.match(
    output,
    /^MODULE_BOUNDARY \{"from":"@shop\/ordering","to":"@shop\/billing","rule":"undeclared",/,
  );
});

test("the hook also holds in worker threads, in import.meta.resolve and in require.resolve", async () => {
  workspace.write(`${ORDERING}/src/inner.ts`, `import "../../catalog/src/secret.ts";\n`);
  workspace.write(
    `${ORDERING}/src/trespass.ts`,
    `import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
const told = (error: { code?: string }) => console.log(error.code);
try { import.meta.resolve("../../catalog/src/secret.ts"); } catch (error) { told(error as Error); }
try { createRequire(import.meta.url).resolve("../../catalog/src/secret.ts"); } catch (error) { told(error as Error); }
new Worker(new URL("./inner.ts", import.meta.url)).on("error", told);
`,
  );
  const { output } = await workspace.guarded(`${ORDERING}/src/trespass.ts`);
  assert.equal(output, "MODULE_BOUNDARY\nMODULE_BOUNDARY\nMODULE_BOUNDARY\n");
});

test("a module cannot reach the host or the framework by a path", async () => {
  workspace.write(`${ORDERING}/src/trespass.ts`, `import "../../../hosts/monolith/main.ts";\n`);
  const { output } = await workspace.guarded(`${ORDERING}/src/trespass.ts`);
  assert.match(output, /@shop\/ordering imports a file of @shop\/monolith by its path/);
});

test("a module that exports no contract opens nothing, and is told how to", async () => {
  const manifest = "shop/modules/catalog/package.json";
  workspace.write(manifest, {
    name: "@shop/catalog",
    version: "0.1.0",
    type: "module",
    main: "src/secret.ts",
  });
  const { output } = await workspace.guarded("shop/modules/ordering/src/definition.ts");
  assert.match(output, /@shop\/catalog opens nothing: give its package\.json "exports"/);
});

test("a refused build leaves no declarations behind beside the sources trespassed upon", async () => {
  workspace.write(`${ORDERING}/src/trespass.ts`, `export * from "../../catalog/src/secret.ts";\n`);
  const { code } = await workspace.tsc("-b", ORDERING);
  assert.notEqual(code, 0);
  assert.ok(!existsSync(join(workspace.root, "shop/modules/catalog/src/secret.d.ts")));
  assert.ok(!existsSync(join(workspace.root, ".types/shop/modules/ordering/src")));
});

test("a module whose paths drop the refusal of undeclared names is reported", async () => {
  const path = `${ORDERING}/tsconfig.json`;
  const config = JSON.parse(readFileSync(join(workspace.root, path), "utf8"));
  delete config.compilerOptions.paths["@shop/*"];
  workspace.write(path, config);
  await reported(path, "paths", '@shop/ordering sets `paths` without "@shop/*"');
});

test("a dependency that is declared in one place only is reported with the places that lack it", async () => {
  const path = `${ORDERING}/package.json`;
  const manifest = JSON.parse(readFileSync(join(workspace.root, path), "utf8"));
  manifest.dependencies["@shop/billing"] = "0.1.0";
  workspace.write(path, manifest);
  await reported(
    path,
    "declarations",
    "@shop/ordering does not name @shop/billing in paths of shop/modules/ordering/tsconfig.json nor in uses or reads of its definition.",
  );
});

test("a second export is reported", async () => {
  const path = `${ORDERING}/package.json`;
  const manifest = JSON.parse(readFileSync(join(workspace.root, path), "utf8"));
  manifest.exports["./module"] = "./src/module.ts";
  workspace.write(path, manifest);
  await reported(path, "exports", "@shop/ordering must export its contract and nothing else");
});

test("a reference to another module's project is reported, because it would open its files", async () => {
  const path = `${ORDERING}/tsconfig.json`;
  const config = JSON.parse(readFileSync(join(workspace.root, path), "utf8"));
  config.references.push({ path: "../catalog" });
  workspace.write(path, config);
  await reported(path, "references", "@shop/ordering references the project shop/modules/catalog");
});

test("a module that the root tsconfig leaves out is reported, because nothing would compile it", async () => {
  workspace.module("mail", []);
  await reported("shop/modules/mail/tsconfig.json", "not-compiled", "@shop/mail is not compiled");
});

test("the driver, an undeclared package and the framework's insides are closed to a module's source", async () => {
  workspace.write(
    `${ORDERING}/src/trespass.ts`,
    `import { Client } from "pg";\nimport kysely from "kysely";\nimport { Pool } from "ashlar/postgres";\n`,
  );
  assert.deepEqual(await rulesAt("src/trespass.ts"), ["1 driver", "2 undeclared", "3 framework"]);
});

test("a contract may import its own files and ashlar/contract, and nothing else", async () => {
  workspace.write(
    `${ORDERING}/contract/trespass.ts`,
    `import "ashlar/contract";\nimport "ashlar/module";\nimport "node:fs";\n`,
  );
  assert.deepEqual(await rulesAt("contract/trespass.ts"), ["2 framework", "3 contract-imports"]);
});

test("the check reads imports and not what only looks like one", async () => {
  workspace.write(
    `${ORDERING}/src/trespass.ts`,
    [
      `// import a from "@shop/billing";`,
      `/* import b from "@shop/billing";`,
      `*/ const text = 'import c from "@shop/billing"' + "import d from '@shop/billing'";`,
      `const template = \`import e from "@shop/billing"\`;`,
      `const address = "https://example.org"; import {`,
      `  f, // "g" from "h"`,
      `} from '@shop/billing';`,
      `export const from = [text, template, address, "@shop/billing"];`,
    ].join("\n"),
  );
  assert.deepEqual(await rulesAt("src/trespass.ts"), ["7 undeclared"]);
});

test("a cycle of modules compiles and runs, and the check refuses it", async () => {
  workspace.remove();
  workspace = new Workspace({ catalog: ["ordering"], ordering: ["catalog"] });
  assert.deepEqual(await workspace.tsc("-b"), { code: 0, output: "" });
  assert.equal((await workspace.guarded("shop/hosts/monolith/main.ts")).code, 0);
  await reported(
    "shop/modules/catalog/package.json",
    "cycle",
    "calls go round in a circle: @shop/catalog -> @shop/ordering -> @shop/catalog.",
  );
});

test("a cycle of calls is refused at boot, naming the circle", () => {
  const operation = () => command({ transaction: "joins", input: closed({}), output: closed({}) });
  const left = contract("left", { act: operation() });
  const right = contract("right", { act: operation() });
  const modules = [define(left, { uses: [right] }), define(right, { uses: [left] })].map((definition) =>
    defineModule(definition, { handlers: [{ operation: definition.contract.act, run: async () => ({}) }] }),
  );
  assert.throws(
    () => createApp({ name: "circle", modules }),
    (error: BootError) => {
      assert.deepEqual(
        error.faults.map(({ code, message }) => [code, message.includes("left -> right -> left")]),
        [["ASHLAR_CALL_CYCLE", true]],
      );
      return true;
    },
  );
});

/** One violation, whose message begins with `start`. */
async function reported(file: string, rule: string, start: string): Promise<void> {
  const found = await workspace.check();
  assert.deepEqual(
    found.map((each) => [each.file, each.rule]),
    [[file, rule]],
  );
  assert.ok(found[0]!.message.startsWith(start), found[0]!.message);
}

/** The lines of a file of ordering with what is wrong in them, when nothing else is. */
async function rulesAt(file: string): Promise<string[]> {
  const found = await workspace.check();
  assert.deepEqual(
    found.filter((each) => each.file !== `${ORDERING}/${file}`),
    [],
  );
  return found.map(({ line, rule }) => `${line} ${rule}`);
}

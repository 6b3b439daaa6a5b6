import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { SmallProject } from "./small-project.ts";

let project: SmallProject;
beforeEach(() => {
  project = new SmallProject();
});
afterEach(() => project.dispose());

const DESK = "modules/desk";

// biome-ignore lint/suspicious/noExplicitAny: whatever the file holds, the test changes it by name
function edit(path: string, change: (value: any) => void): void {
  const value = JSON.parse(project.read(path));
  change(value);
  project.write(path, value);
}

async function messages(): Promise<string[]> {
  return (await project.report()).violations.map(({ rule, message }) => `${rule}: ${message}`);
}

test("modules that depend on each other are a circle, told once with its way", async () => {
  edit("modules/shelf/package.json", ({ dependencies }) => {
    dependencies["@small/desk"] = "1.0.0";
  });
  edit("modules/shelf/tsconfig.json", ({ compilerOptions }) => {
    compilerOptions.paths["@small/desk"] = ["../../node_modules/@small/desk"];
  });
  project.write(
    "modules/shelf/src/definition.ts",
    `import { desk } from "@small/desk";\nimport { define } from "ashlar/module";\nimport { shelf } from "../contract/index.ts";\nexport const definition = define(shelf, { uses: [desk] });\n`,
  );
  project.write("modules/shelf/src/use.ts", `export { desk } from "@small/desk";\n`);
  assert.deepEqual(await messages(), [
    "cycle: calls go round in a circle: @small/desk -> @small/shelf -> @small/desk.",
  ]);
});

test("a use of the definition that package.json and tsconfig.json do not know is told with both", async () => {
  edit(`${DESK}/package.json`, ({ dependencies }) => {
    delete dependencies["@small/shelf"];
  });
  edit(`${DESK}/tsconfig.json`, ({ compilerOptions }) => {
    delete compilerOptions.paths["@small/shelf"];
  });
  const found = await project.found();
  assert.deepEqual(found, [
    `${DESK}/package.json:8:3 declarations`,
    `${DESK}/src/definition.ts:1:23 undeclared`,
    `${DESK}/src/use.ts:1:23 undeclared`,
  ]);
});

test("a module that is declared everywhere and used nowhere is told", async () => {
  project.remove(`${DESK}/src/use.ts`);
  assert.deepEqual(await messages(), [
    "unused: @small/desk declares @small/shelf, and no file of it imports or reads that.",
  ]);
});

test("a view that is read is a use", async () => {
  project.remove(`${DESK}/src/use.ts`);
  project.write(
    `${DESK}/src/definition.ts`,
    `import { shelf } from "@small/shelf";\nimport { define } from "ashlar/module";\nimport { desk } from "../contract/index.ts";\nexport const definition = define(desk, { reads: [shelf.listing] });\n`,
  );
  assert.deepEqual(await messages(), []);
});

test("whoever only subscribes to events calls nothing: no use, and no circle when they point back", async () => {
  edit("modules/shelf/package.json", ({ dependencies }) => {
    dependencies["@small/desk"] = "1.0.0";
  });
  edit("modules/shelf/tsconfig.json", ({ compilerOptions }) => {
    compilerOptions.paths["@small/desk"] = ["../../node_modules/@small/desk"];
  });
  const subscription = `import { desk } from "@small/desk";\nimport { on } from "./definition.ts";\nexport const onSold = on(desk.sold, { name: "onSold" }, async () => {});\n`;
  project.write("modules/shelf/src/on-sold.ts", subscription);
  assert.deepEqual(await messages(), []);

  // What is imported for anything else is a use after all.
  project.write("modules/shelf/src/on-sold.ts", `export { desk } from "@small/desk";\n`);
  assert.deepEqual(await messages(), [
    "cycle: calls go round in a circle: @small/desk -> @small/shelf -> @small/desk.",
    "declarations: @small/shelf does not name @small/desk in uses or reads of its definition.",
  ]);
});

test("a contract of another name than its folder is told", async () => {
  project.write(
    `${DESK}/contract/index.ts`,
    `import { contract } from "ashlar/contract";\nconst name = "bureau";\nexport const desk = contract(name, {});\n`,
  );
  assert.deepEqual(await messages(), ['contract-name: the contract in modules/desk is called "bureau".']);
});

test("a contract that is opened from the source, or not there, is told", async () => {
  edit(`${DESK}/package.json`, (manifest) => {
    manifest.exports = { ".": "./src/definition.ts" };
  });
  assert.deepEqual(
    (await messages()).map((each) => each.split(":")[0]),
    ["exports"],
  );
});

test("a module that only a referenced project references is compiled, and one that none references is not", async () => {
  project.write("all/tsconfig.json", { references: [{ path: "../modules/shelf" }] });
  project.write("tsconfig.json", `{\n  // all of it\n  "references": [{ "path": "./all" },],\n}`);
  assert.deepEqual(await messages(), ["not-compiled: @small/desk is not compiled with the project."]);
});

test("a tsconfig that takes in the files of others by include, files or rootDirs is told", async () => {
  edit(`${DESK}/tsconfig.json`, (config) => {
    config.include.push("../shelf/src/*.ts");
    config.files = ["../shelf/src/secret.ts"];
    config.compilerOptions.rootDirs = ["src", "../shelf/src"];
  });
  assert.deepEqual(
    (await messages()).map((each) => each.slice(0, 8)),
    ["include:", "include:", "include:"],
  );
});

test("an alias that every module inherits and that leads into one of them is told where it is written", async () => {
  project.write("tsconfig.base.json", {
    compilerOptions: {
      baseUrl: "modules",
      paths: { "@small/*": ["refused.ts"], "shelf-inside": ["shelf/src/secret"] },
    },
  });
  edit("modules/shelf/tsconfig.json", (config) => {
    config.extends = "../../tsconfig.base.json";
    delete config.compilerOptions.paths;
  });
  edit(`${DESK}/tsconfig.json`, (config) => {
    config.extends = "../../tsconfig.base.json";
    config.compilerOptions.paths["shelf-inside"] = ["../shelf/src/secret"];
  });
  project.write(`${DESK}/src/a.ts`, `import { secret } from "shelf-inside";\n`);
  assert.deepEqual(await project.found(), [
    `${DESK}/src/a.ts:1:24 internals`,
    `${DESK}/tsconfig.json:11:7 paths`,
  ]);
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findProject } from "../../src/project/project.ts";
import { applyChanges } from "../../src/scaffold/change.ts";
import { newModule } from "../../src/scaffold/new-module.ts";
import { newUseCase } from "../../src/scaffold/new-use-case.ts";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** The least that a project is: a host that lists no module yet, with the framework from the registry. */
function project(host: string): string {
  const root = mkdtempSync(join(tmpdir(), "ashlar-project-"));
  after(() => rmSync(root, { recursive: true, force: true }));
  const files: Record<string, string> = {
    "package.json": '{\n  "name": "workshop",\n  "workspaces": ["modules/*", "host"]\n}\n',
    "tsconfig.json": '{\n  "files": [],\n  "references": [{ "path": "host" }]\n}\n',
    "tsconfig.base.json": "{}\n",
    "biome.json": readFileSync(join(REPOSITORY, "biome.json"), "utf8"),
    "host/package.json": '{\n  "name": "@workshop/host",\n  "dependencies": { "ashlar": "0.1.0" }\n}\n',
    "host/tsconfig.json": '{\n  "references": []\n}\n',
    "host/app.ts": host,
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

const EMPTY_HOST = `import { createApp } from "ashlar/module";

export const modules = [];
export const app = createApp({ name: "workshop", modules });
`;

test("the first module brings what all modules share, and its routes are open where nobody can sign in", () => {
  const root = project(EMPTY_HOST);
  applyChanges(root, newModule(findProject(root), { name: "notes", purpose: "What was noted." }));
  const text = (file: string) => readFileSync(join(root, file), "utf8");
  assert.match(text("modules/tsconfig.base.json"), /"@workshop\/\*": \["\.\/only-contracts/);
  assert.match(text("modules/notes/package.json"), /"name": "@workshop\/notes"/);
  assert.match(text("modules/notes/src/routes.ts"), /auth: anyone/);
  assert.match(text("modules/notes/contract/index.ts"), /createNote: command/);
  assert.doesNotMatch(text("modules/notes/tsconfig.json"), /framework/);
  assert.match(
    text("host/app.ts"),
    /import notes from "\.\.\/modules\/notes\/src\/module\.ts";[\s\S]*modules = \[notes\]/,
  );
  assert.match(text("tsconfig.json"), /"modules\/notes"/);
});

test("what is made is laid out without a formatter too, however long the names are", () => {
  const root = project(EMPTY_HOST.replace("createApp({", "createApp({ authenticate,"));
  for (const [name, thing] of [
    ["a", "b"],
    ["notes", "note"],
    ["shipping", "shipment"],
    ["insurance_of_merchandise", "insured article"],
    ["a_name_that_is_long_all_in_all", "thing whose name goes on"],
  ] as const) {
    applyChanges(root, newModule(findProject(root), { name, thing, purpose: "Something" }));
  }
  applyChanges(
    root,
    newUseCase(findProject(root), {
      module: "notes",
      name: "pinNote",
      kind: "command",
      transaction: "own",
      route: { method: "POST", path: "/v1/notes/{id}/pin", params: ["id"] },
    }),
  );
  const biome = join(REPOSITORY, "node_modules/@biomejs/biome/bin/biome");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, "ci", "--vcs-enabled=false", "--colors=off", "modules"],
    { cwd: root, encoding: "utf8" },
  );
  assert.equal(status, 0, stdout + stderr);
});

test("a host that lists its modules in no way that can be read is named, and nothing is written", () => {
  const root = project("export const modules = all();\n");
  assert.throws(() => newModule(findProject(root), { name: "notes", purpose: "x" }), {
    code: "ASHLAR_CLI_EDIT_BY_HAND",
    message: /no workspace that lists modules/,
  });
});

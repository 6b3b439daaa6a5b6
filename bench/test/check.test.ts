import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ashlar, isInstalled, peers, runTool } from "../check/tools.ts";
import { writeTree } from "../check/tree.ts";

const root = mkdtempSync(join(tmpdir(), "ashlar-bench-"));
after(() => rmSync(root, { recursive: true, force: true }));
const tree = writeTree(root, { modules: 5, filesPerModule: 14 });
const tools = [ashlar, ...peers].filter(isInstalled);
for (const tool of tools) tool.configure?.(tree);

test("the tree has the files it was asked for, and every tool finds it in order", async () => {
  assert.equal(tree.files, 5 * 14);
  for (const tool of tools) {
    const reading = await runTool(tool, tree, false);
    assert.deepEqual(Object.keys(reading), ["s", "CPU s", "peak MB"], tool.system);
    for (const figure of Object.values(reading)) assert.ok(figure > 0, tool.system);
  }
});

test("every tool does look: a circle of deep imports is found by each", async () => {
  const [one, other] = [tree.folders[0], tree.folders[1]];
  writeFileSync(join(root, `modules/${one}/src/planted.ts`), `import "../../${other}/src/planted.ts";\n`);
  writeFileSync(join(root, `modules/${other}/src/planted.ts`), `import "../../${one}/src/planted.ts";\n`);
  appendFileSync(join(root, `modules/${one}/src/module.ts`), `import "./planted.ts";\n`);
  for (const tool of tools) await assert.rejects(runTool(tool, tree, false), /ended with [1-9]/, tool.system);
});

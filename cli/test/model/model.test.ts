import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadModel } from "../../src/model/model.ts";
import { findProject } from "../../src/project/project.ts";

const project = findProject(join(import.meta.dirname, "../../.."));
const { app } = await loadModel(project);
const sorted = (names: readonly string[]) => names.toSorted();

test("the shop's modules call themselves as their folders do", () => {
  assert.deepEqual(
    sorted(app.modules.map(({ name }) => name)),
    sorted(project.modules.map(({ module }) => module)),
  );
  assert.deepEqual(sorted(app.modules.map(({ name }) => name)), [
    "billing",
    "catalog",
    "identity",
    "ordering",
  ]);
});

test("what a module uses, reads or takes in is what its manifest depends on", () => {
  for (const { name, uses, reads, subscribers } of app.modules) {
    const { manifest } = project.modules.find(({ module }) => module === name)!;
    const needed = [...uses, ...reads, ...subscribers.map(({ event }) => event)].map(
      (id) => id.split(".")[0]!,
    );
    const declared = project.modules.filter((each) => manifest.dependencies?.[each.name] !== undefined);
    assert.deepEqual(
      sorted([...new Set(needed)].filter((each) => each !== name)),
      sorted(declared.map(({ module }) => module)),
      name,
    );
  }
});

test("a module's migrations are where its folder has them", () => {
  for (const { name, migrations } of app.modules) {
    const { directory } = project.modules.find(({ module }) => module === name)!;
    assert.equal(migrations?.replace(/\/$/, ""), `${directory}/migrations`);
  }
});

test("the model is plain JSON", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(app)), app);
});

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { findCalls } from "../../src/graph/found-calls.ts";
import { findProject } from "../../src/project/project.ts";

const root = mkdtempSync(join(tmpdir(), "ashlar-found-calls-"));
after(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
write("package.json", JSON.stringify({ name: "lab", workspaces: ["modules/*"] }));
write("modules/caller/package.json", JSON.stringify({ name: "@lab/caller" }));
write("modules/target/package.json", JSON.stringify({ name: "@lab/target" }));

/** What is found in one source of `caller`: names with lines, and whether that is all. */
function foundIn(source: string) {
  write("modules/caller/src/use-case.ts", source);
  const { places, isExact } = findCalls(findProject(root)).of("caller", "target");
  return {
    isExact,
    calls: [...places].map(([name, at]) => `${name}:${at.map((place) => place.split(":")[1]).join()}`),
  };
}
const IMPORT = 'import { target } from "@lab/target";\n';

test("a call is found with its line, also over several lines and by another name of the contract", () => {
  assert.deepEqual(foundIn(`${IMPORT}await call(target)\n  .reserve({});\nawait call(target).reserve({});`), {
    isExact: true,
    calls: ["reserve:3,4"],
  });
  assert.deepEqual(
    foundIn('import { target as other } from "@lab/target";\ntools.call(other).find({})').calls,
    ["find:2"],
  );
  assert.deepEqual(
    foundIn('import * as everything from "@lab/target";\ncall(everything)["find"]({})').calls,
    ["find:2"],
  );
});

test("a port is followed through its name and taken apart", () => {
  assert.deepEqual(foundIn(`${IMPORT}const port = call(target);\nport.reserve({});\nport.release({});`), {
    isExact: true,
    calls: ["reserve:3", "release:4"],
  });
  assert.deepEqual(foundIn(`${IMPORT}const { reserve, find: look } = call(target);`), {
    isExact: true,
    calls: ["reserve:2", "find:2"],
  });
});

test("a port or contract that goes elsewhere makes the calls inexact", () => {
  for (const source of [
    "hand(call(target));",
    "call(target)[name]({});",
    "const port = call(target); hand(port);",
    "const port = call(target); const other = { port };",
    "const { [name]: one } = call(target);",
    "for (const each of contracts) call(each).find({});",
    "const { call: ask } = context; ask(target).find({});",
    "helper(call);",
    "call(target).reserve({}",
  ]) {
    assert.equal(foundIn(IMPORT + source).isExact, false, source);
  }
});

test("what only looks like a call is none", () => {
  for (const source of [
    "// call(target).reserve({})",
    'const text = "call(target).reserve({})";',
    "other(target).reserve({});",
    "callBack(target).reserve({});",
  ]) {
    assert.deepEqual(foundIn(IMPORT + source), { isExact: true, calls: [] }, source);
  }
});

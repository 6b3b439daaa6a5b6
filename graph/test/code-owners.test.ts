import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { codeOwners, readCodeOwners } from "../src/code-owners.ts";

const ORDERING = "shop/modules/ordering";
const owners = (...lines: readonly string[]) => codeOwners(lines.join("\n"))(ORDERING).join(" ");

test("the last rule that matches decides alone", () => {
  assert.equal(owners("* @all", "/shop/ @shop", `/${ORDERING}/ @orders @backend`), "@orders @backend");
  assert.equal(owners(`/${ORDERING}/ @orders`, "* @all"), "@all");
  assert.equal(owners(`/${ORDERING}/ @orders`, "/shop/modules/billing/ @money"), "@orders");
});

test("a directory owns what lies below it, anchored with a slash and anywhere without", () => {
  assert.equal(owners("/shop/ @shop"), "@shop");
  assert.equal(owners("/modules/ @nobody"), "");
  assert.equal(owners("modules/ @anywhere"), "@anywhere");
  assert.equal(owners("ordering @name"), "@name");
  assert.equal(owners("**/ordering/** @deep"), "@deep");
  assert.equal(owners("shop/*/ordering/ @glob"), "@glob");
});

test("a star after a folder means its files, not the folders in it", () => {
  assert.equal(owners("/shop/modules/* @near"), "");
  assert.equal(owners(`/${ORDERING}/* @files`), "@files");
});

test("rules for one kind of file say nothing of a module", () => {
  assert.equal(owners("/shop/ @shop", "*.sql @database", "package.json @deps"), "@shop");
});

test("a rule without owners leaves nobody; comments, sections and negations are no rules", () => {
  assert.equal(owners("* @all", `/${ORDERING}/`), "");
  assert.equal(owners("# * @comment", "* @all # the rest", "[Section] @section", "!shop @not"), "@all");
  assert.equal(codeOwners("/my\\ module/ @blank")("my module").join(), "@blank");
  assert.equal(owners("/SHOP/ @loud"), "");
});

test("of three places the first with a file counts", (context) => {
  const root = mkdtempSync(join(tmpdir(), "ashlar-owners-"));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  assert.equal(readCodeOwners(root).file, null);
  assert.deepEqual(readCodeOwners(root).ownersOf(ORDERING), []);
  for (const [directory, file] of [
    ["docs", "docs/CODEOWNERS"],
    [".", "CODEOWNERS"],
    [".github", ".github/CODEOWNERS"],
  ] as const) {
    mkdirSync(join(root, directory), { recursive: true });
    writeFileSync(join(root, file), `* @${directory}`);
    assert.equal(readCodeOwners(root).file, file);
    assert.deepEqual(readCodeOwners(root).ownersOf(ORDERING), [`@${directory}`]);
  }
});

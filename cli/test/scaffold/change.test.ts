import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { applyChanges } from "../../src/scaffold/change.ts";
import { changeListing } from "../../src/scaffold/change-listing.ts";

let root = "";
const path = (file: string) => join(root, file);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ashlar-change-"));
  writeFileSync(path("there.txt"), "old\n", { mode: 0o640 });
  writeFileSync(path("other.txt"), "other\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const change = { file: "there.txt", before: "old\n", after: "new\n" };
const added = { file: "a/b/new.txt", before: null, after: "made\n" };

test("new files come with their directories, changed ones keep their rights, and nothing else is left", () => {
  applyChanges(root, [change, added]);
  assert.equal(readFileSync(path("there.txt"), "utf8"), "new\n");
  assert.equal(statSync(path("there.txt")).mode & 0o777, 0o640);
  assert.equal(readFileSync(path("a/b/new.txt"), "utf8"), "made\n");
  assert.deepEqual(readdirSync(root).sort(), ["a", "other.txt", "there.txt"]);
  assert.deepEqual(readdirSync(path("a/b")), ["new.txt"]);
});

test("a file that was changed meanwhile stops all of them", () => {
  writeFileSync(path("there.txt"), "somebody else's\n");
  assert.throws(() => applyChanges(root, [added, change]), {
    code: "ASHLAR_CLI_FILE_CHANGED",
    message: "there.txt was changed meanwhile. Nothing was written; call the command again.",
  });
  assert.ok(!existsSync(path("a")));
});

test("a file that is there already is not written over", () => {
  assert.throws(() => applyChanges(root, [added, { ...change, before: null }]), {
    code: "ASHLAR_CLI_FILE_CHANGED",
    message: /^there\.txt is there already\./,
  });
  assert.ok(!existsSync(path("a")));
});

test("when one cannot be written the others are as they were", () => {
  const impossible = { file: "other.txt/below.txt", before: null, after: "" };
  assert.throws(() => applyChanges(root, [change, added, impossible]), {
    code: "ASHLAR_CLI_NOT_WRITTEN",
    message: /^Nothing was written: /,
  });
  assert.equal(readFileSync(path("there.txt"), "utf8"), "old\n");
  assert.deepEqual(readdirSync(root).sort(), ["other.txt", "there.txt"]);
});

test("when the last step fails, those that were done are taken back", () => {
  // Stands where the second file is to come, and is no file that could be replaced.
  const late = { file: "late", before: null, after: "" };
  const changes = [change, added, late];
  const withTrap = changes.map((each) =>
    each === late
      ? {
          ...late,
          // Read when its turn comes to be staged, so behind the first look and before the renaming.
          get after() {
            writeFileSync(path("late"), "somebody else's");
            return "";
          },
        }
      : each,
  );
  assert.throws(() => applyChanges(root, withTrap), { code: "ASHLAR_CLI_FILE_CHANGED" });
  assert.equal(readFileSync(path("there.txt"), "utf8"), "old\n");
  assert.deepEqual(readdirSync(root).sort(), ["late", "other.txt", "there.txt"]);
});

test("the listing shows what goes and what comes, each near what stands around it", () => {
  const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  const after = "1\n2\n3\nfour\n5\n6\n7\n8\nmore\n9\n";
  assert.deepEqual(
    stripVTControlCharacters(
      changeListing([
        { file: "x.txt", before, after },
        { file: "y.txt", before: null, after: "y\n" },
      ]),
    ).split("\n"),
    [
      "--- x.txt",
      "+++ x.txt",
      "@@ line 2 @@",
      " 2",
      " 3",
      "-4",
      "+four",
      " 5",
      " 6",
      " 7",
      " 8",
      "+more",
      " 9",
      "--- /dev/null",
      "+++ y.txt",
      "+y",
    ],
  );
});

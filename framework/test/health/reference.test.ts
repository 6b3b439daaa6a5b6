import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FIRING_CHECK_IDS, firingChecks } from "../../src/health/index.ts";

const ROOT = join(import.meta.dirname, "../../..");
const TEST_DIRECTORY = import.meta.dirname;

test("docs/reference/health.md explains every check, and no other", () => {
  const page = readFileSync(join(ROOT, "docs/reference/health.md"), "utf8");
  const explained = [...page.matchAll(/^\| `([a-z-]+)` \|.*\| (process|database) \|$/gm)];
  assert.deepEqual(explained.map((match) => match[1]!).toSorted(), FIRING_CHECK_IDS.toSorted());
  const of = new Map(explained.map((match) => [match[1]!, match[2]!]));
  for (const check of firingChecks()) assert.equal(of.get(check.id), check.of, check.id);
});

test("every check has a runbook, and every runbook a check", () => {
  const runbooks = readdirSync(join(ROOT, "docs/runbooks"));
  assert.deepEqual(runbooks.toSorted(), FIRING_CHECK_IDS.map((id) => `${id}.md`).toSorted());
  for (const runbook of runbooks) {
    const text = readFileSync(join(ROOT, "docs/runbooks", runbook), "utf8");
    assert.deepEqual(
      [...text.matchAll(/^##? (.+)$/gm)].map((match) => match[1]),
      [runbook.replace(".md", ""), "Look at", "Do", "Do not"],
    );
    const lines = text.trimEnd().split("\n").length;
    assert.ok(lines >= 10 && lines <= 25, `${runbook} has ${lines} lines`);
  }
});

test("every check has a planted fault", () => {
  const tests = readdirSync(TEST_DIRECTORY)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(TEST_DIRECTORY, name), "utf8"))
    .join("\n");
  for (const id of FIRING_CHECK_IDS) assert.match(tests, new RegExp(`"[^"\n]*\\b${id}\\b[^"\n]*"`), id);
});

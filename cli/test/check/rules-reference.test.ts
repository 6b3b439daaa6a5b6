import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "../../..");

test("every rule is on the page, and the page has no other", () => {
  const sources = globSync(["cli/src/check/{rules,ratchet,sql}/*.ts", "framework/src/boundary/trespass.ts"], {
    cwd: ROOT,
  });
  const known = sources.flatMap((file) =>
    [
      ...readFileSync(join(ROOT, file), "utf8").matchAll(
        /(?:\brule: |\bfault\(\s*)"([a-z-]+)"|"((?:sql|migration)-[a-z-]+)"/g,
      ),
    ].map((match) => match[1] ?? match[2]!),
  );
  const page = readFileSync(join(ROOT, "docs/reference/check.md"), "utf8");
  const explained = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]!);
  assert.deepEqual(explained.toSorted(), [...new Set(known)].toSorted());
});

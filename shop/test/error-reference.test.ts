import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { billing } from "@shop/billing";
import { catalog } from "@shop/catalog";
import { identity } from "@shop/identity";
import { ordering } from "@shop/ordering";
import { isOperation, membersOf, wireCode } from "ashlar/contract";
import { problemCatalogue } from "ashlar/http";

const root = join(import.meta.dirname, "../..");
const documented = [
  ...readFileSync(join(root, "docs/reference/errors.md"), "utf8").matchAll(/^\| `([A-Z_]+)` \|/gm),
].map((match) => match[1]!);

/** Names in the source that look like codes and are none. */
const NOT_CODES = new Set([
  "ASHLAR_CALLS",
  "ASHLAR_DEBUG",
  "ASHLAR_HOME",
  "ASHLAR_TEST_SERVER",
  "ASHLAR_TOKEN",
]);

test("every code of the framework and the shop is on the page, and the page has no other", () => {
  const framework = globSync(["{framework,cli,graph}/src/**/*.ts", "console/server/**/*.ts"], {
    cwd: root,
  }).flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/\b(ASHLAR_[A-Z_]+|MODULE_BOUNDARY)\b/g)].map(
      (match) => match[1]!,
    ),
  );
  const shop = [identity, catalog, ordering, billing].flatMap((contract) =>
    membersOf(contract)
      .filter(isOperation)
      .flatMap((operation) => Object.keys(operation.errors).map((code) => wireCode(operation, code))),
  );
  const known = new Set([
    ...framework.filter((code) => !NOT_CODES.has(code) && !code.endsWith("_")),
    ...shop,
    ...Object.keys(problemCatalogue),
  ]);
  assert.deepEqual([...new Set(documented)].sort(), [...known].sort());
});

test("no code is explained twice", () => {
  assert.deepEqual(
    documented.filter((code, index) => documented.indexOf(code) !== index),
    [],
  );
});

import assert from "node:assert/strict";
import { basename, dirname, relative } from "node:path";
import { after, before, test } from "node:test";
import { type Found, type Outcome, Workspace } from "./workspace.ts";

/** One thing that must not be written, with the exact codes of its refusals. */
interface Trespass {
  readonly name: string;
  /** Where the trespass is written; one file and one project each, or tsc would report a shared target only once. */
  readonly file: string;
  readonly source: string;
  /** Empty where the compiler cannot see it. */
  readonly compiler: readonly string[];
  /** Null where nothing is left at run time, because types are erased. */
  readonly node: string | null;
  /** The rule that `ashlar check` names; null where the source alone cannot tell. */
  readonly check: string | null;
}

const ORDERING = "shop/modules/ordering/src";
const CONTRACT = "shop/modules/ordering/contract";
const RELATIVE = "../../catalog/src/secret.ts";

const OUTSIDE_PROJECT = ["TS6059", "TS6307"];
/** Names that are not declared end at an empty file outside every project, which also lacks the name imported. */
const UNDECLARED_NAME = ["TS2305", ...OUTSIDE_PROJECT];

const trespasses: readonly Trespass[] = [
  {
    name: "a deep import by package path",
    file: `${ORDERING}/deep.ts`,
    source: `import { secret } from "@shop/catalog/src/secret.ts";\nconsole.log(secret);\n`,
    compiler: UNDECLARED_NAME,
    node: "ERR_PACKAGE_PATH_NOT_EXPORTED",
    check: "internals",
  },
  {
    name: "a deep import by package path for its side effects",
    file: `${ORDERING}/deep-side-effect.ts`,
    source: `import "@shop/catalog/src/secret.ts";\n`,
    compiler: OUTSIDE_PROJECT,
    node: "ERR_PACKAGE_PATH_NOT_EXPORTED",
    check: "internals",
  },
  {
    name: "a relative deep import",
    file: `${ORDERING}/relative.ts`,
    source: `import { secret } from "${RELATIVE}";\nconsole.log(secret);\n`,
    compiler: OUTSIDE_PROJECT,
    node: "MODULE_BOUNDARY",
    check: "internals",
  },
  {
    name: "a relative deep import for its side effects",
    file: `${ORDERING}/relative-side-effect.ts`,
    source: `import "${RELATIVE}";\n`,
    compiler: OUTSIDE_PROJECT,
    node: "MODULE_BOUNDARY",
    check: "internals",
  },
  {
    name: "a relative deep re-export",
    file: `${ORDERING}/relative-re-export.ts`,
    source: `export * from "${RELATIVE}";\n`,
    compiler: OUTSIDE_PROJECT,
    node: "MODULE_BOUNDARY",
    check: "internals",
  },
  {
    name: "a relative deep import type",
    file: `${ORDERING}/relative-type.ts`,
    source: `import type { Secret } from "${RELATIVE}";\nexport const mine: Secret = "";\n`,
    compiler: OUTSIDE_PROJECT,
    node: null,
    check: "internals",
  },
  {
    name: "a relative deep typeof import()",
    file: `${ORDERING}/relative-typeof.ts`,
    source: `export type All = typeof import("${RELATIVE}");\n`,
    compiler: OUTSIDE_PROJECT,
    node: null,
    check: "internals",
  },
  {
    name: "a relative deep dynamic import",
    file: `${ORDERING}/relative-dynamic.ts`,
    source: `console.log(await import("${RELATIVE}"));\n`,
    compiler: OUTSIDE_PROJECT,
    node: "MODULE_BOUNDARY",
    check: "internals",
  },
  {
    name: "a dynamic import of a computed path",
    file: `${ORDERING}/computed.ts`,
    source: `const other = "catalog" as string;\nconsole.log(await import(\`../../\${other}/src/secret.ts\`));\n`,
    compiler: [],
    node: "MODULE_BOUNDARY",
    check: "internals",
  },
  {
    name: "a require of a path",
    file: `${ORDERING}/require.ts`,
    source: `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\nconsole.log(require("${RELATIVE}"));\n`,
    compiler: [],
    node: "MODULE_BOUNDARY",
    check: "internals",
  },
  {
    name: "a require in a CommonJS file",
    file: `${ORDERING}/common.cts`,
    source: `const other: unknown = require("${RELATIVE}");\nconsole.log(other);\n`,
    compiler: [],
    node: "MODULE_BOUNDARY",
    check: "internals",
  },
  {
    name: "another module's contract by its path",
    file: `${ORDERING}/contract-path.ts`,
    source: `import { catalog } from "../../catalog/contract/index.ts";\nconsole.log(catalog);\n`,
    compiler: OUTSIDE_PROJECT,
    node: "MODULE_BOUNDARY",
    check: "by-path",
  },
  {
    name: "an undeclared module by name",
    file: `${ORDERING}/undeclared.ts`,
    source: `import { billing } from "@shop/billing";\nconsole.log(billing);\n`,
    compiler: UNDECLARED_NAME,
    node: "MODULE_BOUNDARY",
    check: "undeclared",
  },
  {
    name: "an undeclared module by name for its side effects",
    file: `${ORDERING}/undeclared-side-effect.ts`,
    source: `import "@shop/billing";\n`,
    compiler: OUTSIDE_PROJECT,
    node: "MODULE_BOUNDARY",
    check: "undeclared",
  },
  {
    name: "an undeclared module's types by name",
    file: `${ORDERING}/undeclared-type.ts`,
    source: `import type { Id } from "@shop/billing";\nexport const id: Id = "";\n`,
    compiler: UNDECLARED_NAME,
    node: null,
    check: "undeclared",
  },
  {
    name: "an undeclared module by dynamic import",
    file: `${ORDERING}/undeclared-dynamic.ts`,
    source: `console.log(await import("@shop/billing"));\n`,
    compiler: OUTSIDE_PROJECT,
    node: "MODULE_BOUNDARY",
    check: "undeclared",
  },
  {
    name: "a contract that imports its own source",
    file: `${CONTRACT}/own-source.ts`,
    source: `import { secret } from "../src/secret.ts";\nconsole.log(secret);\n`,
    compiler: OUTSIDE_PROJECT,
    node: "MODULE_BOUNDARY",
    check: "contract-to-internals",
  },
  {
    name: "a contract that imports another contract, though its module declares that",
    file: `${CONTRACT}/other-contract.ts`,
    source: `import { catalog } from "@shop/catalog";\nconsole.log(catalog);\n`,
    compiler: UNDECLARED_NAME,
    node: "MODULE_BOUNDARY",
    check: "contract-to-contract",
  },
  {
    name: "an enum",
    file: `${ORDERING}/enumeration.ts`,
    source: `export enum State {\n  Open,\n}\n`,
    compiler: ["TS1294"],
    node: "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
    check: null,
  },
];

let workspace: Workspace;
let compiled: Outcome;
let checked: readonly Found[];

before(async () => {
  workspace = new Workspace();
  const projects = trespasses.map(({ file, source }) => {
    workspace.write(file, source);
    const folder = dirname(file).replace(/\/src$/, "");
    const project = `${folder}/tsconfig.${basename(file)}.json`;
    workspace.write(project, { extends: "./tsconfig.json", include: [], files: [relative(folder, file)] });
    return project;
  });
  compiled = await workspace.tsc("-b", "--pretty", "false", ...projects);
  checked = await workspace.check();
});
after(() => workspace.remove());

for (const { name, file, compiler, node, check } of trespasses) {
  test(`${name}: ${compiler.length > 0 ? "does not compile" : "is more than the compiler can see"}`, () => {
    const codes = linesAbout(file, compiled).map((line) => /error (TS\d+):/.exec(line)?.[1]);
    assert.deepEqual([...new Set(codes)].sort(), [...compiler].sort(), compiled.output);
  });

  test(`${name}: ${node === null ? "leaves nothing to run" : "does not run"}`, async () => {
    const { code, output } = await workspace.guarded(file);
    assert.equal(code, node === null ? 0 : 1, output);
    assert.equal(/^ {2}code: '(\w+)'/m.exec(output)?.[1] ?? null, node, output);
  });

  if (check !== null) {
    test(`${name}: is reported by the check`, () => {
      const found = checked.filter((each) => each.file === file);
      assert.deepEqual(
        found.map(({ rule }) => rule),
        [check],
      );
    });
  }
}

test("the check reports nothing but the trespasses", () => {
  const expected = trespasses.filter(({ check }) => check !== null).map(({ file }) => file);
  assert.deepEqual(checked.map(({ file }) => file).sort(), expected.sort());
});

function linesAbout(file: string, { output }: Outcome): string[] {
  return output.split("\n").filter((line) => line.startsWith(`${file}(`) || line.startsWith(`${file}:`));
}

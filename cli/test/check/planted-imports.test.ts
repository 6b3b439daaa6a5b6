import assert from "node:assert/strict";
import { test } from "node:test";
import { PlantedShop } from "./planted-shop.ts";

const shop = new PlantedShop();
const ORDERING = "shop/modules/ordering";
const BILLING = "shop/modules/billing";
const CATALOG = "shop/modules/catalog";
const SECRET = "../../catalog/src/price.ts";

/** One trespass: where it is to be found, what rule it is against, and how it gets there. */
interface Planted {
  readonly name: string;
  readonly at: string;
  readonly rule: string;
  readonly plant: (file: string) => void;
}

/** A file of its own with a first line that may be there, and the trespass in the second. */
const source = (name: string, file: string, rule: string, line: string): Planted => ({
  name,
  at: `${file}:2`,
  rule,
  plant: () => shop.write(file, `// ${name}\n${line}\n`),
});

const planted: readonly Planted[] = [
  source("a relative import", `${ORDERING}/src/p01.ts`, "internals", `import "${SECRET}";`),
  source(
    "a type",
    `${ORDERING}/src/p02.ts`,
    "internals",
    `import type { Price } from "${SECRET}"; export type P = Price;`,
  ),
  source("a re-export", `${ORDERING}/src/p03.ts`, "internals", `export * from "${SECRET}";`),
  source(
    "typeof import()",
    `${ORDERING}/src/p04.ts`,
    "internals",
    `export type All = typeof import("${SECRET}");`,
  ),
  source(
    "a template hole",
    `${ORDERING}/src/p05.ts`,
    "internals",
    `const at = "../../catalog"; await import(\`\${at}/src/price.ts\`);`,
  ),
  source(
    "a concatenation",
    `${ORDERING}/src/p06.ts`,
    "internals",
    'const at = "../../cat"; await import(at + "alog/src/" + "price.ts");',
  ),
  source(
    "the beginning of a computed path",
    `${ORDERING}/src/p07.ts`,
    "internals",
    `export const load = (name: string) => import(\`../../catalog/src/\${name}.ts\`);`,
  ),
  source(
    "createRequire",
    `${ORDERING}/src/p08.ts`,
    "internals",
    `import { createRequire as make } from "node:module"; make(import.meta.url)("${SECRET}");`,
  ),
  source(
    "require.resolve",
    `${ORDERING}/src/p09.cts`,
    "internals",
    `export const at = require.resolve("${SECRET}");`,
  ),
  source(
    "import = require",
    `${ORDERING}/src/p10.cts`,
    "internals",
    `import price = require("${SECRET}"); export default price;`,
  ),
  source(
    "import.meta.resolve",
    `${ORDERING}/src/p11.ts`,
    "internals",
    `export const at = import.meta.resolve("${SECRET}");`,
  ),
  source(
    "a worker",
    `${ORDERING}/src/p12.ts`,
    "internals",
    `new Worker(new URL("${SECRET}", import.meta.url));`,
  ),
  source(
    "a URL",
    `${ORDERING}/src/p13.ts`,
    "internals",
    `export const at = new URL("../../catalog/migrations/", import.meta.url);`,
  ),
  source(
    "a path",
    `${ORDERING}/src/p14.ts`,
    "internals",
    `import { join } from "node:path"; export const at = join(import.meta.dirname, "..", "../catalog/src");`,
  ),
  source(
    "a JSDoc type",
    `${ORDERING}/src/p15.js`,
    "internals",
    `/** @type {import("${SECRET}").Price} */ let price;`,
  ),
  source("a reference comment", `${ORDERING}/src/p16.ts`, "internals", `/// <reference path="${SECRET}" />`),
  source(
    "a contract by its path",
    `${ORDERING}/src/p17.ts`,
    "by-path",
    `import { catalog } from "../../catalog/contract/index.ts"; export { catalog };`,
  ),
  source(
    "the host by its path",
    `${ORDERING}/src/p18.ts`,
    "by-path",
    `import "../../../hosts/monolith/log.ts";`,
  ),
  source(
    "an undeclared module",
    `${BILLING}/src/p19.ts`,
    "undeclared",
    `import type { catalog } from "@shop/catalog"; export type C = typeof catalog;`,
  ),
  source(
    "a path past an installed name",
    `${ORDERING}/src/p20.ts`,
    "internals",
    `import "../../../../node_modules/@shop/catalog/src/price.ts";`,
  ),
  source(
    "a deep path of a package",
    `${ORDERING}/src/p21.ts`,
    "internals",
    `import "@shop/catalog/src/price.ts";`,
  ),
  source("the driver", `${BILLING}/src/p22.ts`, "driver", `import pg from "pg"; export { pg };`),
  source(
    "the environment",
    `${BILLING}/src/p23.ts`,
    "environment",
    "export const { env: { HOME } } = process;",
  ),
  source(
    "the environment by import",
    `${BILLING}/src/p24.ts`,
    "environment",
    `import { env as e } from "node:process"; export { e };`,
  ),
  source(
    "the framework's inside",
    `${BILLING}/src/p25.ts`,
    "framework",
    `import { createPool } from "ashlar/postgres"; export { createPool };`,
  ),
  source(
    "a contract in a contract",
    `${ORDERING}/contract/p26.ts`,
    "contract-to-contract",
    `import { catalog } from "@shop/catalog"; export { catalog };`,
  ),
  source("Node in a contract", `${ORDERING}/contract/p27.ts`, "contract-imports", `import "node:fs";`),
  source(
    "its own module in a contract",
    `${ORDERING}/contract/p28.ts`,
    "contract-to-internals",
    `import "../src/order.ts";`,
  ),
  {
    name: "an alias of the compiler, and an import through it",
    at: `${BILLING}/tsconfig.json:3`,
    rule: "paths",
    plant: (file) =>
      shop.edit(file, (text) =>
        text.replace(
          '"rootDir": ".",',
          '"paths": { "@shop/*": ["../only-contracts-of-declared-dependencies.ts"], "~c/*": ["../catalog/src/*"] }, "rootDir": ".",',
        ),
      ),
  },
  source(
    "an import through an alias of the compiler",
    `${BILLING}/src/p29.ts`,
    "internals",
    `import "~c/price.ts";`,
  ),
  {
    name: "an alias of the package, through which a module is imported",
    at: `${CATALOG}/src/p30.ts:2`,
    rule: "undeclared",
    plant: (file) => {
      shop.edit(`${CATALOG}/package.json`, (text) =>
        text.replace('"exports"', '"imports": { "#b": "@shop/billing" },\n  "exports"'),
      );
      shop.write(file, `// through an alias\nimport "#b";\n`);
    },
  },
  {
    name: "a reference between projects",
    at: `${BILLING}/tsconfig.json:6`,
    rule: "references",
    plant: (file) =>
      shop.edit(file, (text) =>
        text.replace('"references": [', '"references": [\n    { "path": "../catalog" },'),
      ),
  },
  {
    name: "the files of others compiled as its own",
    at: `${CATALOG}/tsconfig.json:4`,
    rule: "include",
    plant: (file) =>
      shop.edit(file, (text) => text.replace('"include": [', '"include": ["../billing/src/**/*.ts", ')),
  },
  {
    name: "a second export",
    at: `${BILLING}/package.json:7`,
    rule: "exports",
    plant: (file) =>
      shop.edit(file, (text) =>
        text.replace('"exports": {', '"exports": {\n    "./ledger": "./src/ledger.ts",'),
      ),
  },
  {
    name: "a dependency that nobody uses",
    at: "shop/modules/identity/package.json:12",
    rule: "unused",
    plant: (file) =>
      shop.edit(file, (text) => text.replace(/("ashlar": "0\.1\.0")/, '$1,\n    "lodash": "4.17.21"')),
  },
  {
    name: "a link into another module",
    at: `${ORDERING}/src/neighbour:1`,
    rule: "link",
    plant: () => shop.link(`${ORDERING}/src/neighbour`, `${CATALOG}/src`),
  },
  {
    name: "a package inside of a module",
    at: `${ORDERING}/src/inner/package.json:1`,
    rule: "nested-package",
    plant: (file) => shop.write(file, "{}"),
  },
];

/** What only looks like a trespass. */
const LOOK_ALIKES = `// import "@shop/catalog/src/price.ts";
/* await import("../../catalog/src/price.ts"); process.env.HOME */
/** import("../../catalog/src/price.ts") in TypeScript is nobody's import. */
export const text = 'import "@shop/catalog/src/price.ts"' + "require('pg')";
export const template = \`import { x } from "../../billing/src/ledger.ts"; process.env.X\`;
export const expected = ["@shop/billing/src/ledger.ts", "../../catalog/src/price.ts", "pg"];
export interface Price { readonly env: string }
export const process = { env: { HOME: "mine" } };
export const home = process.env.HOME;
export function load(require: (name: string) => unknown) { return require("../../catalog/src/price.ts"); }
export const own = new URL("../migrations/", import.meta.url);
export const other = new URL("../../catalog/src/price.ts", "https://example.org/");
export const self = import("./order.ts");
export const resolved = { resolve: (name: string) => name }.resolve("../../catalog/src/price.ts");
`;

test("the shop as it is crosses no wall", async () => {
  const found = await shop.check();
  assert.deepEqual(
    found.filter(({ severity }) => severity === "error"),
    [],
  );
});

test(`of ${planted.length} planted trespasses all are found where they are, and none is invented`, async () => {
  for (const { at, plant } of planted) plant(at.slice(0, at.lastIndexOf(":")));
  shop.write(`${ORDERING}/src/look-alikes.ts`, LOOK_ALIKES);
  const found = await shop.check();
  assert.deepEqual(
    found
      .filter(({ severity }) => severity === "error")
      .map(({ file, line, rule }) => `${file}:${line} ${rule}`)
      .sort(),
    planted.map(({ at, rule }) => `${at} ${rule}`).sort(),
  );
  for (const { message, remedy, column } of found) {
    assert.ok(message.length > 20 && remedy.length > 10 && column >= 1, message);
  }
});

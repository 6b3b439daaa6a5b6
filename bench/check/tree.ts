import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface TreeSize {
  readonly modules: number;
  /** Of each module, contract, definition, migrations and tests among them. */
  readonly filesPerModule: number;
}

export interface Tree {
  readonly root: string;
  readonly files: number;
  /** A use case in the middle of the tree, to be edited. */
  readonly edited: string;
  /** Of the modules, below `modules`. */
  readonly folders: readonly string[];
}

const FRAMEWORK = new URL("../../framework", import.meta.url).pathname;
/** Contract, definition, module, tables, routes, three migrations and two tests. */
const FIXED_FILES = 10;

/**
 * Writes a project of many modules into an empty directory, the same for the same size: every module uses up to three
 * others by their contracts, half of its files speak SQL, and no wall is crossed.
 */
export function writeTree(root: string, { modules, filesPerModule }: TreeSize): Tree {
  let files = 0;
  const write = (path: string, content: string | object): void => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
    if (/\.(ts|sql)$/.test(path) && path.startsWith("modules/")) files++;
  };
  const all = Array.from({ length: modules }, (_, index) => partOf(index));
  write("package.json", { name: "tree", private: true, type: "module", workspaces: ["modules/*"] });
  write("tsconfig.base.json", { compilerOptions: COMPILER_OPTIONS });
  write("tsconfig.json", { files: [], references: all.map(({ folder }) => ({ path: `modules/${folder}` })) });
  write("modules/undeclared.ts", "export {};\n");
  files--;
  link(root, "node_modules/ashlar", FRAMEWORK);
  for (const part of all) {
    link(root, `node_modules/@tree/${part.folder}`, join(root, "modules", part.folder));
    for (const [path, content] of filesOfModule(part, filesPerModule - FIXED_FILES)) {
      write(`modules/${part.folder}/${path}`, content);
    }
  }
  const middle = all[Math.floor(modules / 2)]!;
  return {
    root,
    files,
    edited: `modules/${middle.folder}/src/${useCase(3)}.ts`,
    folders: all.map(({ folder }) => folder),
  };
}

interface Part {
  readonly index: number;
  readonly folder: string;
  readonly name: string;
  readonly uses: readonly Part[];
}

// Numbers as they come from a fixed seed: spread, and the same every time.
function spread(seed: number, below: number): number {
  return ((Math.imul(seed + 1, 2654435761) >>> 8) ^ (seed << 3)) % below;
}

function partOf(index: number, depth = 0): Part {
  const digits = String(index).padStart(3, "0");
  const used = new Set(
    depth > 0 ? [] : [1, 2, 3].map((step) => spread(index * 3 + step, Math.max(1, index))),
  );
  used.delete(index);
  return {
    index,
    folder: `part-${digits}`,
    name: `part_${digits}`,
    uses: [...used].map((each) => partOf(each, depth + 1)),
  };
}

function* filesOfModule(part: Part, useCases: number): Generator<[string, string | object]> {
  const { name, uses } = part;
  const names = uses.map((each) => `@tree/${each.folder}`);
  yield [
    "package.json",
    {
      name: `@tree/${part.folder}`,
      version: "1.0.0",
      type: "module",
      exports: { ".": "./contract/index.ts" },
      dependencies: Object.fromEntries(["ashlar", ...names].map((each) => [each, "1.0.0"])),
    },
  ];
  yield [
    "tsconfig.json",
    {
      extends: "../../tsconfig.base.json",
      compilerOptions: {
        rootDir: ".",
        paths: Object.fromEntries([
          ["@tree/*", ["../undeclared.ts"]],
          ...names.map((each) => [each, [`../../node_modules/${each}`]]),
        ]),
      },
      include: ["src/**/*.ts", "test/**/*.ts"],
      references: [{ path: "./contract" }],
    },
  ];
  yield ["contract/tsconfig.json", { extends: "../../../tsconfig.base.json", include: ["**/*.ts"] }];
  yield ["contract/index.ts", contractText(name, useCases)];
  yield ["src/definition.ts", definitionText(part)];
  yield ["src/module.ts", moduleText(useCases)];
  yield ["src/tables.ts", tablesText(name)];
  yield ["src/routes.ts", routesText(useCases)];
  for (let index = 0; index < useCases; index++) {
    yield [`src/${useCase(index)}.ts`, index % 2 === 0 ? sqlUseCase(part, index) : plainUseCase(part, index)];
  }
  yield ["test/first.test.ts", testText(name, 0)];
  yield ["test/second.test.ts", testText(name, 1)];
  yield ["migrations/0001_create_items.sql", createItems(name)];
  yield ["migrations/0002_create_lines.sql", createLines(name)];
  yield ["migrations/0003_add_note.sql", `alter table ${name}.items add column note text;\n`];
}

function useCase(index: number): string {
  return `act-${String(index).padStart(2, "0")}`;
}

function contractText(name: string, useCases: number): string {
  const operations = Array.from(
    { length: useCases },
    (_, index) => `  /** Does what step ${index} of ${name} is for. Joins the caller's transaction. */
  act${index}: command({
    transaction: "joins",
    input: closed({ id: Type.String({ maxLength: 80 }), amount: Type.Integer({ minimum: 0 }) }),
    output: closed({ id: Type.String(), amount: Type.Integer() }),
    errors: { NOT_FOUND: closed({ id: Type.String() }) },
  }),`,
  );
  return `import { closed, command, contract, Type } from "ashlar/contract";

export interface Item {
  readonly id: string;
  readonly amount: number;
}

export const ${name} = contract("${name}", {
${operations.join("\n")}
});
`;
}

function definitionText({ name, uses }: Part): string {
  return `${uses.map((each) => `import { ${each.name} } from "@tree/${each.folder}";\n`).join("")}import { define, tables } from "ashlar/module";
import { ${name} } from "../contract/index.ts";
import type { Tables } from "./tables.ts";

export const definition = define(${name}, {
  uses: [${uses.map((each) => each.name).join(", ")}],
  tables: tables<Tables>(),
});
export const { handle, route, job, perform, on } = definition;
`;
}

function moduleText(useCases: number): string {
  const numbers = Array.from({ length: useCases }, (_, index) => index);
  return `import { defineModule } from "ashlar/module";
${numbers.map((index) => `import { act${index} } from "./${useCase(index)}.ts";`).join("\n")}
import { definition } from "./definition.ts";
import { routes } from "./routes.ts";

export default defineModule(definition, {
  handlers: [${numbers.map((index) => `act${index}`).join(", ")}],
  routes,
  migrations: new URL("../migrations/", import.meta.url),
});
`;
}

function tablesText(name: string): string {
  return `/** Row types of schema ${name}. */
export interface Tables {
  readonly items: { readonly id: string; readonly amount: number; readonly state: string; readonly note: string | null };
  readonly lines: { readonly item_id: string; readonly position: number; readonly text: string };
}
`;
}

function routesText(useCases: number): string {
  const lines = Array.from(
    { length: useCases },
    (_, index) =>
      `  route("POST", "/v1/acts/${index}", { operation: contract.act${index}, auth: signedIn() }),`,
  );
  return `import { signedIn } from "ashlar/module";
import { definition, route } from "./definition.ts";

const { contract } = definition;

export const routes = [
${lines.join("\n")}
];
`;
}

function sqlUseCase({ name, uses }: Part, index: number): string {
  const used = uses[index % Math.max(1, uses.length)];
  return `${used === undefined ? "" : `import { ${used.name} } from "@tree/${used.folder}";\n`}import type { Sql } from "ashlar/module";
import { type Item, ${name} } from "../contract/index.ts";
import { handle } from "./definition.ts";

interface ItemRow {
  readonly id: string;
  readonly amount: number;
  readonly state: string;
}

/** Step ${index}: takes the item, writes its lines and hands on. */
export const act${index} = handle(${name}.act${index}, async (input, { sql, call, fail }) => {
  const item = await findItem(sql, input.id);
  if (item === null) return fail.NOT_FOUND({ id: input.id });
  await sql\`
    update ${name}.items set amount = amount + \${input.amount}, state = 'open'
    where id = \${item.id} and state <> 'closed'\`;
  await sql\`
    insert into ${name}.lines (item_id, position, text)
    select \${item.id}, coalesce(max(position), 0) + 1, 'step ${index}' from ${name}.lines where item_id = \${item.id}\`;
${used === undefined ? "" : `  await call(${used.name}).act${index}({ id: item.id, amount: input.amount });\n`}  return total([item], input.amount);
});

async function findItem(sql: Sql, id: string): Promise<ItemRow | null> {
  const [row] = await sql<ItemRow>\`
    with latest as (
      select item.id, item.amount, item.state, row_number() over (order by item.id) as place
      from ${name}.items item
      left join ${name}.lines line on line.item_id = item.id
      where item.id = \${id}
    )
    select id, amount, state from latest where place = 1\`;
  return row ?? null;
}

function total(items: readonly ItemRow[], more: number): Item {
  const amount = items.reduce((sum, each) => sum + each.amount, more);
  return { id: items[0]?.id ?? "", amount };
}
`;
}

function plainUseCase({ name, uses }: Part, index: number): string {
  const used = uses[index % Math.max(1, uses.length)];
  return `${used === undefined ? "" : `import { ${used.name} } from "@tree/${used.folder}";\n`}import { type Item, ${name} } from "../contract/index.ts";
import { handle } from "./definition.ts";

const STEPS = ["taken", "checked", "booked", "sent"] as const;
type Step = (typeof STEPS)[number];

/** Step ${index}: decides by what is known, and asks another module for the rest. */
export const act${index} = handle(${name}.act${index}, async (input, { call, log }) => {
  const step = stepOf(input.amount);
  log.info({ id: input.id, step }, "decided");
${used === undefined ? "" : `  const other = await call(${used.name}).act${index}({ id: input.id, amount: weightOf(step) });\n  if (other.amount < 0) throw new RangeError(\`Step \${step} of \${input.id} gave \${other.amount}.\`);\n`}  return describe(input.id, input.amount);
});

export function stepOf(amount: number): Step {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(\`An amount is a whole number from 0; this is \${amount}.\`);
  }
  return STEPS[Math.min(STEPS.length - 1, Math.floor(amount / 100))]!;
}

export function weightOf(step: Step): number {
  switch (step) {
    case "taken":
      return 1;
    case "checked":
      return 2;
    case "booked":
      return 5;
    case "sent":
      return 8;
  }
}

function describe(id: string, amount: number): Item {
  return { id, amount: STEPS.map(weightOf).reduce((sum, each) => sum + each, amount) };
}
`;
}

function testText(name: string, index: number): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { ${name} } from "../contract/index.ts";
import { stepOf, weightOf } from "../src/${useCase(index * 2 + 1)}.ts";

test("a step weighs what the table says", () => {
  assert.equal(weightOf(stepOf(${index * 100})), ${index === 0 ? 1 : 2});
});

test("the contract goes by its name", () => {
  assert.equal(${name}.name, "${name}");
});
`;
}

function createItems(name: string): string {
  return `create table ${name}.items (
  id text primary key,
  amount integer not null check (amount >= 0),
  state text not null default 'new'
);
create index items_by_state on ${name}.items (state);
`;
}

function createLines(name: string): string {
  return `create table ${name}.lines (
  item_id text not null references ${name}.items (id),
  position integer not null,
  text text not null,
  primary key (item_id, position)
);
`;
}

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path), "dir");
}

const COMPILER_OPTIONS = {
  target: "esnext",
  module: "nodenext",
  strict: true,
  composite: true,
  emitDeclarationOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

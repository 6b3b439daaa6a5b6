import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import {
  type AnyContract,
  type AnyOperation,
  type AnyView,
  type InputOf,
  isOperation,
  membersOf,
  type OperationsOf,
  type OutputOf,
  type RowOf,
  type TSchema,
} from "../contract/index.ts";
import { type Context, define, defineModule, type Module } from "../module/index.ts";

type FakeContext<C extends AnyContract, Op> = Context<
  C,
  never,
  Record<never, never>,
  undefined,
  Record<never, never>,
  Op
>;

/** What a fake answers, typed by the contract; `fail` in the context ends a call with a declared error. */
export type FakeHandlers<C extends AnyContract> = {
  readonly [K in keyof OperationsOf<C>]?: (
    input: InputOf<OperationsOf<C>[K]>,
    context: FakeContext<C, OperationsOf<C>[K]>,
  ) => Promise<OutputOf<OperationsOf<C>[K]>>;
};

/** Rows of the contract's views, by the views' names in the contract. */
export type FakeViews<C extends AnyContract> = {
  readonly [K in keyof C["members"] & string as C["members"][K] extends { readonly kind: "view" }
    ? K
    : never]?: readonly RowOf<C["members"][K]>[];
};

/** A module that stands in for a real one. Its published views exist in the database, with the rows given. */
export interface FakeModule extends Module {
  readonly fakeRows: readonly { readonly table: string; readonly rows: readonly object[] }[];
}

/**
 * Stands in for the module behind `contract`, so that a module is tested without those it uses. An operation that
 * is left out throws FakeMissingError when it is called; a view that is left out is empty.
 */
export function fake<C extends AnyContract>(
  contract: C,
  handlers: FakeHandlers<C> = {},
  options: { readonly views?: FakeViews<C> } = {},
): FakeModule {
  const members = membersOf(contract);
  const views = members.filter((member) => member.kind === "view");
  const given = handlers as Readonly<Record<string, Parameters<typeof definition.handle>[1]>>;
  const definition = define<AnyContract>(contract);
  const module = defineModule(definition, {
    handlers: members.filter(isOperation).map((operation) => ({
      operation,
      run: given[operation.name] ?? missing(operation),
    })),
    ...(views.length === 0 ? {} : { migrations: viewMigrations(contract.contractName, views) }),
  });
  const rows = options.views as Readonly<Record<string, readonly object[]>> | undefined;
  return {
    ...module,
    fakeRows: views.map((view) => ({ table: rowTable(view), rows: rows?.[view.name] ?? [] })),
  };
}

/** A test reached an operation that its fake does not answer. */
export class FakeMissingError extends Error {
  readonly code = "ASHLAR_FAKE_MISSING";
  override readonly name = "FakeMissingError";
  readonly operation: string;

  constructor(operation: AnyOperation) {
    super(
      `${operation.id} was called, but the fake of ${operation.contract} does not answer it: ` +
        `add \`${operation.name}\` to fake(${operation.contract}, {...}), or use the real module.`,
    );
    this.operation = operation.id;
  }
}

function missing(operation: AnyOperation): () => Promise<never> {
  return async () => {
    throw new FakeMissingError(operation);
  };
}

/** Views are published, not tables: so the fake's rows lie in a table beside the view. */
function rowTable(view: AnyView): string {
  return `${view.contract}.${view.view}_rows`;
}

/** Writes the migration that makes the views. The directory goes with the process. */
function viewMigrations(contract: string, views: readonly AnyView[]): URL {
  const directory = mkdtempSync(join(tmpdir(), `ashlar-fake-${contract}-`));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const migrations = join(directory, "migrations");
  mkdirSync(migrations);
  writeFileSync(join(migrations, "0001_fake_views.sql"), views.map(createView).join("\n"));
  return pathToFileURL(`${migrations}/`);
}

function createView(view: AnyView): string {
  const columns = Object.entries(view.row.properties).map(
    ([name, schema]) => `${pg.escapeIdentifier(name)} ${columnType(schema)}`,
  );
  return [
    `create table ${rowTable(view)} (${columns.join(", ")});`,
    `create view ${view.contract}.${view.view} as select * from ${rowTable(view)};`,
  ].join("\n");
}

/** The Postgres type that the real view's column most likely has; `format` tells the kinds of strings apart. */
function columnType(schema: TSchema): string {
  const { type, format, anyOf } = schema as {
    type?: string;
    format?: string;
    anyOf?: (TSchema & { type?: string })[];
  };
  const [only, ...others] = (anyOf ?? []).filter((alternative) => alternative.type !== "null");
  if (only !== undefined && others.length === 0) return columnType(only);
  switch (type) {
    case "integer":
      return "bigint";
    case "number":
      return "double precision";
    case "boolean":
      return "boolean";
    case "string":
      return STRING_TYPES[format ?? ""] ?? "text";
    default:
      return "jsonb";
  }
}

const STRING_TYPES: Readonly<Record<string, string>> = {
  uuid: "uuid",
  "date-time": "timestamptz",
  date: "date",
};

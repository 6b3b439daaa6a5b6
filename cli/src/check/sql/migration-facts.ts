import { basename } from "node:path";
import { type ParsedSql, parseSql } from "../../sql/parse.ts";
import { type Touches, touchesOf } from "../../sql/relations.ts";
import type { Place } from "../file-facts.ts";
import { placeIn } from "../place-in.ts";
import type { Change } from "./change.ts";
import { changesOf } from "./migration-changes.ts";
import { functionFaults } from "./migration-functions.ts";
import { isSystemSchema } from "./schemas.ts";
import type { NamedFact, PlacedTouch } from "./sql-facts.ts";

/** What one file of migrations/ does. Plain JSON. */
export interface MigrationFacts {
  /** `0002_add_prices.sql`, or `.settled`. */
  readonly name: string;
  /** Of `.settled`: the name of the newest file that is settled. */
  readonly settled: string | null;
  readonly inTransaction: boolean;
  readonly fault: NamedFact | null;
  readonly statements: readonly MigrationStatement[];
  readonly accepts: readonly Acceptance[];
}

export interface MigrationStatement extends Place {
  /** Its first words, to speak of it: `ALTER TABLE`. */
  readonly words: string;
  readonly kind: string;
  readonly touches: readonly PlacedTouch[];
  readonly settings: readonly (NamedFact & { readonly values: readonly string[] })[];
  readonly dynamic: readonly NamedFact[];
  readonly changes: readonly Change[];
  readonly functionFaults: readonly string[];
}

/** `-- ashlar: accept <rule>: <reason>` above or in a statement. */
export interface Acceptance extends Place {
  readonly rule: string;
  readonly reason: string;
  /** Which statement of the file it is about; -1 when it stands behind the last one. */
  readonly statement: number;
}

/** What a file of migrations/ says. `loadSqlParser` first. */
export function migrationFactsOf({
  source,
  path,
  module,
}: {
  readonly source: string;
  readonly path: string;
  readonly module: string;
}): MigrationFacts {
  const name = basename(path);
  const nothing = { name, settled: null, inTransaction: true, fault: null, statements: [], accepts: [] };
  if (name === SETTLED) return { ...nothing, settled: source.trim() };
  const text = source.replace(/^\uFEFF/, "");
  const placeAt = (index: number) => placeIn(text, index);
  const parsed = parseSql(text);
  return {
    ...nothing,
    inTransaction: !NO_TRANSACTION.test(text),
    fault: parsed.fault === null ? null : { what: parsed.fault.message, ...placeAt(parsed.fault.index) },
    statements: statementsOf(parsed, text, module, placeAt),
    accepts: acceptancesIn(parsed, text, placeAt),
  };
}

/** The file that names the newest migration which the rules of deploying no longer judge. */
export const SETTLED = ".settled";

/** As the framework reads it. */
const NO_TRANSACTION = /^-- ashlar: no transaction[ \t]*(?:\r?\n|$)/;

function statementsOf(
  parsed: ParsedSql,
  text: string,
  module: string,
  placeAt: (index: number) => Place,
): MigrationStatement[] {
  const temporary = new Set<string>();
  return parsed.statements.map((statement) => {
    const found: Touches = touchesOf(parsed, statement, text, temporary);
    const place = <T extends { readonly index: number }>({ index, ...rest }: T) => ({
      ...rest,
      ...placeAt(index),
    });
    return {
      ...placeAt(statement.start),
      words: wordsOf(statement.kind, text.slice(statement.start, statement.end)),
      kind: statement.kind,
      touches: found.touches.filter(matters).map(place),
      settings: found.settings.map(({ name, by, values, index }) => ({
        what: `${by} ${name}`,
        values,
        ...placeAt(index),
      })),
      dynamic: found.dynamic.map(place),
      changes: changesOf(statement, module, temporary),
      functionFaults: functionFaults(statement, module),
    };
  });
}

/** `CREATE INDEX`, however much stands between the two, or `UPDATE`. */
function wordsOf(kind: string, text: string): string {
  const object = objects[kind];
  const [first = "", second = ""] = text.split(/[\s(;]+/, 2).map((word) => word.toUpperCase());
  if (object !== undefined) return `${first} ${object}`;
  return /^(?:CREATE|ALTER|DROP|LOCK|SET|RESET|REFRESH|VACUUM)$/.test(first) ? `${first} ${second}` : first;
}

const objects: Readonly<Record<string, string>> = {
  IndexStmt: "INDEX",
  ViewStmt: "VIEW",
  CreateStmt: "TABLE",
  CreateFunctionStmt: "FUNCTION",
  CreateTrigStmt: "TRIGGER",
  CreateTableAsStmt: "TABLE",
  RefreshMatViewStmt: "MATERIALIZED VIEW",
};

/** What comes with the server is nobody's question. */
function matters({ kind, schema }: { kind: string; schema: string | null }): boolean {
  return schema === null
    ? kind === "relation" || kind === "function" || kind === "type"
    : !isSystemSchema(schema);
}

function acceptancesIn(parsed: ParsedSql, text: string, placeAt: (index: number) => Place): Acceptance[] {
  return [...text.matchAll(ACCEPT)].map((match) => {
    const index = match.index + (match[1] as string).length;
    return {
      rule: match[2] as string,
      reason: (match[3] ?? "").trim(),
      statement: parsed.statements.findIndex(({ end }) => index < end),
      ...placeAt(index),
    };
  });
}

const ACCEPT = /^([ \t]*)-- ashlar: accept[ \t]+([a-z-]+)[ \t]*(?::[ \t]*(.*))?$/gm;

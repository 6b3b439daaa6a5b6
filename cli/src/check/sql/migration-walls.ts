import type { MigrationFacts, MigrationStatement } from "./migration-facts.ts";
import type { MigrationFinding } from "./migration-violations.ts";
import { isSystemSchema, SYSTEM_SCHEMA } from "./schemas.ts";
import type { PlacedTouch } from "./sql-facts.ts";

export interface MigrationWall {
  readonly module: string;
  /** Of the project. */
  readonly modules: ReadonlySet<string>;
  /** The name of the file before. */
  readonly before: string | null;
  /** Functions whose bodies are not judged, because a later file replaces them. */
  readonly replaced: ReadonlySet<string>;
}

/** What a file does that no migration may do, whatever runs beside it. */
export function migrationWallFindings(facts: MigrationFacts, wall: MigrationWall): MigrationFinding[] {
  const { fault } = facts;
  return [
    ...nameFindings(facts.name, wall.before),
    ...(fault === null
      ? []
      : [
          {
            rule: "migration-syntax",
            line: fault.line,
            column: fault.column,
            message: `PostgreSQL would refuse this file: ${fault.what}.`,
            remedy: "Correct it; nothing of the file would be applied.",
          },
        ]),
    ...facts.statements.flatMap((statement) => statementFindings(statement, facts.inTransaction, wall)),
  ];
}

function statementFindings(
  statement: MigrationStatement,
  inTransaction: boolean,
  { module, modules, replaced }: MigrationWall,
): MigrationFinding[] {
  const made = statement.touches.find(({ kind, access }) => kind === "function" && access === "define");
  const isReplaced = made !== undefined && replaced.has(made.name);
  const touches = isReplaced ? statement.touches.filter(({ inBody }) => !inBody) : statement.touches;
  return [
    ...placeFindings(statement, inTransaction),
    ...(isReplaced ? [] : functionFindings(statement, made ?? null, module)),
    ...dedupe(touches.flatMap((touch) => touchFinding(statement, touch, module, modules) ?? [])),
    ...statement.dynamic.map(({ what, line, column }) => ({
      rule: "dynamic-sql",
      severity: "note" as const,
      line,
      column,
      message: `What this does is known only when it runs: ${what}.`,
      remedy: "Write the statement itself where that is possible.",
    })),
  ];
}

const FILE_NAME = /^(\d{4})_[a-z0-9]+(?:_[a-z0-9]+)*\.sql$/;

function nameFindings(name: string, before: string | null): MigrationFinding[] {
  const finding = (message: string, remedy: string) => [
    { rule: "migration-name", line: 1, column: 1, message, remedy },
  ];
  const number = FILE_NAME.exec(name)?.[1];
  if (number === undefined) {
    return finding(`${name} is not called like 0001_create_orders.sql.`, "Rename it, or move it away.");
  }
  const last = before === null ? 0 : Number(FILE_NAME.exec(before)?.[1] ?? Number.NaN);
  if (Number.isNaN(last) || Number(number) === last + 1) return [];
  const next = String(last + 1).padStart(4, "0");
  return Number(number) === last
    ? finding(`${name} has the number of ${before}.`, `Give the newer one the next free number.`)
    : finding(`There is no ${next}_*.sql before ${name}.`, "Restore it, or renumber.");
}

/** What may stand in a file, by the framework's rules for files with and without a transaction. */
function placeFindings(statement: MigrationStatement, inTransaction: boolean): MigrationFinding[] {
  const { line, column, words, kind, settings } = statement;
  const finding = (rule: string, message: string, remedy: string) => [
    { rule, line, column, message, remedy },
  ];
  if (kind === "TransactionStmt") {
    return finding(
      "migration-transaction",
      `${words} ends or begins a transaction.`,
      "Remove it: each file is one transaction.",
    );
  }
  if (/^Grant(?:Role)?Stmt$/.test(kind) ? words === "GRANT" : kind === "AlterDefaultPrivilegesStmt") {
    return finding(
      "migration-grant",
      `${words} opens a wall that the framework keeps closed.`,
      "Grant nothing in migrations; declare a published view in the contract for others to read.",
    );
  }
  const role = settings.find(({ what }) => /^(?:SET|RESET) (?:role|session_authorization|all)$/.test(what));
  if (role !== undefined || kind === "DiscardStmt") {
    return finding(
      "migration-role",
      `${words} changes the role.`,
      "Remove it: a migration runs as its module's owner.",
    );
  }
  if (settings.some(({ what }) => what === "SET search_path")) {
    return finding(
      "migration-unqualified",
      "SET search_path changes what the names after it mean.",
      "Remove it, and write every name with its schema.",
    );
  }
  const concurrently = mayRunOutside(statement);
  if (inTransaction && concurrently === "only") {
    return finding(
      "migration-transaction",
      `${words} CONCURRENTLY cannot run inside a transaction.`,
      "Put it into a file of its own whose first line is `-- ashlar: no transaction`.",
    );
  }
  if (!inTransaction && concurrently === "no") {
    return finding(
      "migration-transaction",
      `${words} may not stand in a file without transaction.`,
      "Move it to a file of its own; only CREATE, DROP and REINDEX INDEX CONCURRENTLY, VACUUM, ANALYZE and DETACH PARTITION CONCURRENTLY may.",
    );
  }
  return [];
}

function mayRunOutside({ kind, changes }: MigrationStatement): "only" | "may" | "no" {
  if (kind === "VacuumStmt") return "may";
  const concurrently = changes.some((change) => "concurrently" in change && change.concurrently);
  if (concurrently) return "only";
  // DETACH PARTITION, which has no change that others notice.
  return kind === "AlterTableStmt" && changes.length === 0 ? "may" : "no";
}

function functionFindings(
  statement: MigrationStatement,
  made: PlacedTouch | null,
  module: string,
): MigrationFinding[] {
  return statement.functionFaults.map((fault) => ({
    rule: "migration-function",
    line: statement.line,
    column: statement.column,
    message: `Function ${made === null ? "" : `${made.schema ?? module}.${made.name} `}${fault}.`,
    remedy: `Write it as: create function … security definer set search_path = ${module}, pg_catalog; and grant no one EXECUTE.`,
  }));
}

function touchFinding(
  statement: MigrationStatement,
  touch: PlacedTouch,
  module: string,
  modules: ReadonlySet<string>,
): MigrationFinding | null {
  const { schema, name, kind, access, line, column } = touch;
  const place = { line, column };
  if (schema === null) {
    const isBare = kind === "relation" || access === "define";
    if (!isBare || touch.inBody || /^pg_/.test(name)) return null;
    return {
      rule: "migration-unqualified",
      ...place,
      message: `${statement.words} names ${kind === "relation" ? "" : `${kind} `}${name} without its schema.`,
      remedy: `Write ${module}.${name}.`,
    };
  }
  if (schema === module) {
    if (kind !== "relation" || !name.startsWith("_")) return null;
    return {
      rule: "sql-framework-table",
      ...place,
      message: `${statement.words} touches ${schema}.${name}, which is the framework's and changes without notice.`,
      remedy: "Leave it to the framework.",
    };
  }
  if (isSystemSchema(schema)) return null;
  const isModule = modules.has(schema) || schema === SYSTEM_SCHEMA;
  // Extensions keep their functions, types and operators in schemas that are nobody's.
  if (!isModule && kind !== "relation" && access !== "define") return null;
  const what = kind === "schema" ? `schema ${schema}` : `${schema}.${name}`;
  return {
    rule: "migration-foreign-schema",
    ...place,
    message: isModule
      ? `${statement.words} of ${module} touches ${what}, which belongs to ${schema === SYSTEM_SCHEMA ? "the framework" : `module ${schema}`}.`
      : `${statement.words} of ${module} touches ${what}, and there is no module ${schema}.`,
    remedy: isModule
      ? `Keep the id without a reference, and call an operation of ${schema}'s contract or read a view that it publishes.`
      : `A migration reaches its own schema only: write ${module}.${kind === "schema" ? "…" : name}.`,
  };
}

/** A type stands twice in some trees. */
function dedupe(findings: readonly MigrationFinding[]): MigrationFinding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

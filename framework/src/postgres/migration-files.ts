import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { frameworkMigrations } from "./framework-migrations/index.ts";
import type { AppliedMigration, MigrationSource } from "./migration-record.ts";
import { type ScannedStatement, scanStatements } from "./sql-scanner.ts";

export interface Migration {
  readonly module: string;
  readonly source: MigrationSource;
  readonly version: number;
  readonly name: string;
  /** For messages: `catalog/0002_add_prices.sql`. */
  readonly label: string;
  readonly sql: string;
  readonly statements: readonly ScannedStatement[];
  /** sha256 of the text with unix line ends, since git may give another machine different ones. */
  readonly checksum: string;
  readonly inTransaction: boolean;
}

const fileName = /^(\d{4})_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/;
const noTransaction = /^-- ashlar: no transaction[ \t]*(?:\n|$)/;

/** The migrations of one module in order, the framework's first; and what is wrong with its files. */
export async function readMigrations(
  module: string,
  directory: string,
): Promise<{ migrations: Migration[]; faults: string[] }> {
  const faults: string[] = [];
  const files: Migration[] = [];
  for (const file of await listFiles(directory)) {
    const match = fileName.exec(file);
    if (match === null) {
      faults.push(`${module}/${file} is not called like 0001_create_orders.sql; rename it or move it away`);
      continue;
    }
    const text = await readFile(join(directory, file), "utf8");
    files.push(migration(module, "module", Number(match[1]), match[2] as string, `${module}/${file}`, text));
  }
  const framework = frameworkMigrations(module).map(({ name, sql }, index) =>
    migration(module, "framework", index + 1, name, `${module} (framework: ${name})`, sql),
  );
  faults.push(...numberFaults(module, files), ...files.flatMap(statementFaults));
  return { migrations: [...framework, ...files], faults };
}

/** What keeps these migrations from continuing what the database has. */
export function historyFaults(
  module: string,
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): string[] {
  return applied.flatMap(({ source, version, name, checksum }) => {
    const found = migrations.find((file) => file.source === source && file.version === version);
    const label =
      source === "module"
        ? `${module}/${String(version).padStart(4, "0")}_${name}.sql`
        : `${module} (framework: ${name})`;
    if (found === undefined) {
      // A database that is ahead belongs to a newer release: an instance of this one may still be restarted, in a
      // rolling deploy or to roll the code back.
      const newest = Math.max(
        0,
        ...migrations.filter((file) => file.source === source).map((file) => file.version),
      );
      if (version > newest) return [];
      return [`${label} was applied but is gone; restore it`];
    }
    if (found.name !== name) {
      return [`${label} was applied but is now called ${found.label}; give it its old name back`];
    }
    if (found.checksum !== checksum) {
      return [`${label} was edited after it was applied; restore it and put the change into a new file`];
    }
    return [];
  });
}

async function listFiles(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => !name.startsWith(".") && !/\.md$/i.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function migration(
  module: string,
  source: MigrationSource,
  version: number,
  name: string,
  label: string,
  text: string,
): Migration {
  const sql = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  return {
    module,
    source,
    version,
    name,
    label,
    sql,
    statements: scanStatements(sql),
    checksum: createHash("sha256").update(sql).digest("hex"),
    inTransaction: !noTransaction.test(sql),
  };
}

function numberFaults(module: string, files: readonly Migration[]): string[] {
  const faults: string[] = [];
  let last: Migration | undefined;
  for (const file of files) {
    const expected = (last?.version ?? 0) + 1;
    if (last?.version === file.version) {
      faults.push(
        `${last.label} and ${file.label} have the same number; give the newer one the next free number`,
      );
    } else if (file.version !== expected) {
      const number = String(expected).padStart(4, "0");
      faults.push(`${module}/${number}_*.sql is missing before ${file.label}; restore it or renumber`);
    }
    last = file;
  }
  return faults;
}

const transactionControl = new Set([
  "begin",
  "start",
  "commit",
  "end",
  "rollback",
  "abort",
  "savepoint",
  "release",
]);

/**
 * Names early what PostgreSQL would refuse in the middle, and outside of a transaction could not refuse:
 * there the file runs with the admin's session, so it may only hold what cannot run other code.
 */
function statementFaults(file: Migration): string[] {
  return file.statements.flatMap(({ words, line }) => {
    const where = `${file.label} line ${line}`;
    const [first = "", second = ""] = words;
    if (transactionControl.has(first) || (first === "prepare" && second === "transaction")) {
      return [`${where} says ${first.toUpperCase()}; remove it, each file is one transaction already`];
    }
    if (changesRole(words)) {
      return [`${where} changes the role; remove it, a migration always runs as its module's owner`];
    }
    if (!file.inTransaction && !mayRunOutside(words)) {
      return [
        `${where} may not stand in a file without transaction; only CREATE, DROP and REINDEX INDEX CONCURRENTLY, ` +
          "VACUUM, ANALYZE and DETACH PARTITION CONCURRENTLY may; move it to a file of its own",
      ];
    }
    return [];
  });
}

function changesRole(words: readonly string[]): boolean {
  const [first, ...rest] = words;
  const [second, third] =
    rest[0] === "local" || (rest[0] === "session" && rest[1] !== "authorization") ? rest.slice(1) : rest;
  if (first === "discard") return true;
  if (first === "reset") return second === "role" || second === "all" || rest[0] === "session";
  if (first !== "set") return false;
  return (
    second === "role" ||
    (second === "session" && third === "authorization") ||
    second === "session_authorization"
  );
}

function mayRunOutside(words: readonly string[]): boolean {
  const text = words.join(" ");
  return (
    /^create (?:unique )?index concurrently (?!on |if not exists on )/.test(text) ||
    /^drop index concurrently /.test(text) ||
    /^reindex (?:index|table) concurrently /.test(text) ||
    /^reindex .*\bconcurrently\b.* (?:index|table) /.test(text) ||
    /^(?:vacuum|analyze)\b/.test(text) ||
    /^alter table .* detach partition \S+ concurrently$/.test(text)
  );
}

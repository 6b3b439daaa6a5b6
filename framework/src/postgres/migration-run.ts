import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type AdminClient, inTransaction, withAdmin } from "./admin-connection.ts";
import type { DatabaseModel } from "./database-model.ts";
import { DatabaseError } from "./errors.ts";
import { historyFaults, type Migration } from "./migration-files.ts";
import type { AppliedMigration } from "./migration-record.ts";
import { syncPublishedViews } from "./published-views.ts";
import type { ModuleRoles } from "./roles.ts";
import { lineAt } from "./sql-scanner.ts";
import { findViolations, refuseViolations } from "./violations.ts";

/** One migration that this call applied. */
export interface MigrationRun {
  readonly module: string;
  readonly name: string;
  readonly durationMs: number;
}

export interface MigrateOptions {
  readonly adminUrl: string;
  readonly log?: ((message: string) => void) | undefined;
}

// A migration that waits for a lock makes every later statement on that table wait behind it. So it gives
// up early, lets the others pass, and tries again.
const lockTimeoutMs = 2000;
const attempts = 20;

export interface MigrationTask {
  readonly client: AdminClient;
  readonly model: DatabaseModel;
  readonly file: Migration;
  readonly roles: ModuleRoles;
  readonly options: MigrateOptions;
}

/**
 * Applies one file under its module's owner, and checks the walls. Undefined when another instance applied it
 * meanwhile. Throws ASHLAR_MIGRATION_FAILED or ASHLAR_WALL_VIOLATED.
 */
export async function applyMigration(task: MigrationTask): Promise<MigrationRun | undefined> {
  const { client, file, options } = task;
  let blocked = 0;
  for (let turn = 1; ; turn++) {
    try {
      return await (file.inTransaction ? applyInTransaction(task) : applyOutside(task));
    } catch (error) {
      if (error instanceof HistoryLocked) {
        if (turn % 50 === 0) options.log?.(`waiting for another instance that migrates ${file.module}`);
        await delay(20 + Math.random() * 80);
        continue;
      }
      blocked++;
      if (!isBlocked(error) || blocked === attempts) throw explainFailure(error, file);
      options.log?.(`${file.label} did not get its lock, trying again (${blocked})`);
      await delay(Math.min(2000, 100 * blocked) * (0.5 + Math.random()));
    } finally {
      // The file may have left settings behind.
      await client.query("reset all; set lock_timeout = 0; set statement_timeout = 0").catch(() => {});
    }
  }
}

async function applyInTransaction(task: MigrationTask): Promise<MigrationRun | undefined> {
  const { client, model, file, roles } = task;
  return await inTransaction(client, async () => {
    if (!(await claimMigration(client, file, roles))) return undefined;
    const schema = pg.escapeIdentifier(file.module);
    const started = performance.now();
    // Inside a SECURITY DEFINER function PostgreSQL refuses every change of role and every COMMIT, also
    // one that dynamic SQL hides from the scan of the file. Otherwise RESET ROLE would hand the migration
    // the admin's rights.
    await client.query(`
      set local lock_timeout = ${lockTimeoutMs};
      create function ${schema}._run_migration(migration text) returns void
        language plpgsql security definer set search_path = ${schema}, pg_catalog
        as $$ begin execute migration; end $$`);
    if (file.statements.length > 0) {
      await client.query(`select ${schema}._run_migration($1)`, [file.sql]);
    }
    await client.query(
      `set local statement_timeout = 0; drop function ${schema}._run_migration(text); set constraints all immediate; reset role`,
    );
    refuseViolations(await findViolations(client, model, file.module), file.label);
    // In the same transaction, so that a view made anew is never without its readers.
    await syncPublishedViews(client, model);
    return await record(client, file, roles, started);
  });
}

/**
 * For CREATE INDEX CONCURRENTLY and the like. A second connection holds the lock, which is no obstacle to
 * them as it keeps no snapshot. After a crash in the middle the file is started again from its first
 * statement, so statements whose effect is there are passed over and half-built indexes dropped.
 */
async function applyOutside(task: MigrationTask): Promise<MigrationRun | undefined> {
  const { client, model, file, roles, options } = task;
  return await withAdmin(options.adminUrl, (keeper) =>
    inTransaction(keeper, async () => {
      if (!(await claimMigration(keeper, file, roles))) return undefined;
      const started = performance.now();
      await client.query(
        `set role ${roles.owner}; set search_path = ${pg.escapeIdentifier(file.module)}, pg_catalog`,
      );
      try {
        for (const { text, words } of file.statements) {
          if (await isBuilt(client, file.module, words)) continue;
          await client.query(oneStatement(text)).catch((error) => {
            // An earlier attempt dropped it: 42704, no such object.
            if (words[0] !== "drop" || error.code !== "42704") throw error;
          });
        }
      } finally {
        await client.query("reset role").catch(() => {});
      }
      refuseViolations(await findViolations(client, model, file.module), file.label);
      return await record(keeper, file, roles, started);
    }),
  );
}

/** Another instance is migrating the same module. */
class HistoryLocked extends Error {}

/**
 * Locks the module's history and looks whether the file is still due. Does not wait for the lock: on the
 * server, a waiting session keeps a snapshot, and a CREATE INDEX CONCURRENTLY of the instance that holds the
 * lock would wait for that session in turn, undetected as a deadlock.
 */
async function claimMigration(client: AdminClient, file: Migration, roles: ModuleRoles): Promise<boolean> {
  const table = `${pg.escapeIdentifier(file.module)}._migrations`;
  try {
    await client.query(
      `set local role ${roles.owner}; lock table ${table} in share row exclusive mode nowait`,
    );
  } catch (error) {
    throw isBlocked(error) ? new HistoryLocked() : error;
  }
  // Without parameters, so that no open portal keeps a snapshot: CREATE INDEX CONCURRENTLY waits for those.
  const { rows } = await client.query<AppliedMigration>(
    `select source, version, name, checksum from ${table}
     where source = '${file.source}' and version = ${file.version}`,
  );
  const faults = historyFaults(file.module, [file], rows);
  if (faults.length > 0) throw new DatabaseError("ASHLAR_MIGRATIONS_REFUSED", faults.join("\n"));
  return rows.length === 0;
}

async function record(
  client: AdminClient,
  file: Migration,
  roles: ModuleRoles,
  started: number,
): Promise<MigrationRun> {
  const durationMs = Math.round(performance.now() - started);
  await client.query(`set local role ${roles.owner}`);
  await client.query(
    `insert into ${pg.escapeIdentifier(file.module)}._migrations (source, version, name, checksum, duration_ms)
     values ($1, $2, $3, $4, $5)`,
    [file.source, file.version, file.name, file.checksum, durationMs],
  );
  await client.query("reset role");
  return { module: file.module, name: file.name, durationMs };
}

/**
 * Whether an earlier, interrupted attempt has built this statement's index already. One that it left half
 * built is dropped.
 */
async function isBuilt(client: AdminClient, module: string, words: readonly string[]): Promise<boolean> {
  const [, name] =
    /^create (?:unique )?index concurrently (?:if not exists )?(\S+)/.exec(words.join(" ")) ?? [];
  if (name === undefined) return false;
  const { rows } = await client.query(
    `select i.indisvalid as valid from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
     where c.relname = $1 and c.relnamespace = to_regnamespace($2)`,
    [name, module],
  );
  if (rows[0]?.valid === false) {
    await client.query(
      oneStatement(`drop index concurrently ${pg.escapeIdentifier(module)}.${pg.escapeIdentifier(name)}`),
    );
  }
  return rows[0]?.valid === true;
}

/** By the extended protocol, which takes one statement only. */
function oneStatement(text: string): pg.QueryConfig {
  return { text, queryMode: "extended" } as pg.QueryConfig;
}

function isBlocked(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  // lock not available, deadlock, or a catalogue row that another instance changed
  return (
    code === "55P03" || code === "40P01" || (code === "XX000" && /tuple concurrently/.test(message ?? ""))
  );
}

function explainFailure(error: unknown, file: Migration): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const { code, detail, hint, internalQuery, internalPosition, position } = error;
  const inFile = internalQuery === file.sql ? internalPosition : undefined;
  const line = inFile === undefined ? "" : ` line ${lineAt(file.sql, Number(inFile) - 1)}`;
  const undone = file.inTransaction
    ? "Nothing of it was applied."
    : "It will be started again from its first statement.";
  const reason = [error.message, detail, hint].filter((part) => part !== undefined).join(". ");
  const advice =
    code === "42501" || code === "42P17"
      ? " A migration acts as its module's owner and reaches its own schema only."
      : code === "55P03"
        ? " Another transaction held the lock all the time; end it and start again."
        : "";
  return new DatabaseError(
    "ASHLAR_MIGRATION_FAILED",
    `${file.label}${line}: ${reason}${position === undefined ? "" : ` (at character ${position})`}. ${undone}${advice}`,
    { cause: error, sqlState: code },
  );
}

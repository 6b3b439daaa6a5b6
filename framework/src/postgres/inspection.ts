import pg from "pg";
import type { AdminClient } from "./admin-connection.ts";
import type { DatabaseModel, DatabaseModule } from "./database-model.ts";
import { layoutSteps } from "./layout.ts";
import { historyFaults, type Migration, readMigrations } from "./migration-files.ts";
import type { AppliedMigration, MigrationSource } from "./migration-record.ts";
import { stepsThatDoNotHold } from "./provision.ts";
import type { SoftWall } from "./provision-step.ts";
import { rolesOf, SYSTEM_SCHEMA } from "./roles.ts";

type Reader = Pick<AdminClient, "query">;

/** An app as the catalogue shows it; to read it changes nothing. */
export interface AppInDatabase {
  readonly app: string;
  /**
   * The system schema among them. Which views a module publishes to whom is what it is granted; what was declared
   * only the code knows. Its migrations are unknown.
   */
  readonly modules: readonly DatabaseModule[];
}

/** Null when there is no app in the database. */
export async function readAppInDatabase(client: Reader): Promise<AppInDatabase | null> {
  const { rows: owners } = await client.query<{ owner: string }>(
    "select pg_get_userbyid(nspowner) as owner from pg_catalog.pg_namespace where nspname = $1",
    [SYSTEM_SCHEMA],
  );
  const suffix = `_${SYSTEM_SCHEMA}_owner`;
  const owner = owners[0]?.owner;
  if (owner === undefined || !owner.endsWith(suffix)) return null;
  const app = owner.slice(0, -suffix.length);
  const { rows: schemas } = await client.query<{ name: string }>(
    `select nspname as name from pg_catalog.pg_namespace
     where pg_get_userbyid(nspowner) = $1 || '_' || nspname || '_owner'
     order by nspname = $2 desc, nspname collate "C"`,
    [app, SYSTEM_SCHEMA],
  );
  const names = schemas.map(({ name }) => name);
  const { rows: granted } = await client.query<{ module: string; view: string; to: string }>(
    `select distinct n.nspname as module, c.relname as view, reader.name as to
     from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = any ($1::text[])
     cross join lateral aclexplode(c.relacl) a
     join unnest($1::text[], $2::text[]) as reader (name, role) on to_regrole(reader.role)::oid = a.grantee
     where c.relkind in ('v', 'm') and a.privilege_type = 'SELECT' and reader.name <> n.nspname`,
    [names, names.map((name) => rolesOf(app, name).reader)],
  );
  return {
    app,
    modules: names.map((name) => ({
      name,
      migrations: "",
      publishes: [...new Set(granted.filter(({ module }) => module === name).map(({ view }) => view))],
      reads: granted.filter(({ to }) => to === name).map(({ module, view }) => ({ module, view })),
    })),
  };
}

/** Something that provisioning would make true at the next start. */
export interface MissingFact {
  /** What should be so, in words. */
  readonly fact: string;
  /** SQL that makes it so; null when it needs a password that only the app's start can choose. */
  readonly sql: string | null;
  /** Set when the walls can do without. */
  readonly soft: SoftWall | null;
}

/** What of the layout and the hardening of the model is not there. Writes nothing. */
export async function missingFacts(
  client: Reader,
  model: DatabaseModel,
  database: string,
): Promise<MissingFact[]> {
  // The first step makes the login; asked for its SQL it would ask for a password.
  const [login, ...others] = layoutSteps(model, database, () => "");
  return (await stepsThatDoNotHold(client, [login!, ...others])).map((step) => ({
    fact: step.fact,
    sql: step === login ? null : step.apply,
    soft: step.soft ?? null,
  }));
}

/** How the migrations of one module compare with those that its schema records. */
export interface MigrationState {
  readonly module: string;
  /** Labels of files that the next start applies. */
  readonly pending: readonly { readonly label: string; readonly source: MigrationSource }[];
  /** What a start refuses: files edited, renamed or gone after they were applied, and files that cannot be read. */
  readonly faults: readonly string[];
  /** Applied by a newer release than this code. */
  readonly ahead: readonly AppliedMigration[];
}

/**
 * Compares the files with what the database has. Of modules whose directory is unknown only the framework's own
 * migrations are compared. The client is in a transaction, in which it takes the owners' roles for a moment.
 */
export async function readMigrationState(
  client: Reader,
  model: DatabaseModel,
  knowsFiles: boolean,
): Promise<MigrationState[]> {
  const states: MigrationState[] = [];
  for (const { name, migrations: directory } of model.modules) {
    const read = await readMigrations(name, directory);
    const comparesFiles = knowsFiles || name === SYSTEM_SCHEMA;
    const applied = (await readApplied(client, model.app, name)).filter(
      ({ source }) => comparesFiles || source === "framework",
    );
    states.push({
      module: name,
      pending: read.migrations
        .filter((file) => !applied.some((done) => isSame(done, file)))
        .map(({ label, source }) => ({ label, source })),
      faults: [...read.faults, ...historyFaults(name, read.migrations, applied)],
      ahead: applied.filter((done) => done.version > newest(read.migrations, done.source)),
    });
  }
  return states;
}

async function readApplied(client: Reader, app: string, module: string): Promise<AppliedMigration[]> {
  const { rows: found } = await client.query(
    `select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = '_migrations'`,
    [module],
  );
  if (found.length === 0) return [];
  await client.query(`set local role ${rolesOf(app, module).owner}`);
  const { rows } = await client.query<AppliedMigration>(
    `select source, version, name, checksum from ${pg.escapeIdentifier(module)}._migrations
     order by source, version`,
  );
  await client.query("reset role");
  return rows;
}

function isSame(applied: AppliedMigration, file: Migration): boolean {
  return applied.source === file.source && applied.version === file.version;
}

function newest(files: readonly Migration[], source: MigrationSource): number {
  return Math.max(0, ...files.filter((file) => file.source === source).map(({ version }) => version));
}

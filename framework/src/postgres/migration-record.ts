import pg from "pg";
import { type AdminClient, inTransaction } from "./admin-connection.ts";
import type { ProvisionStep } from "./provision-step.ts";
import type { ModuleRoles } from "./roles.ts";

/** Whose file it is: of the module, or of the framework, whose tables live in the module's schema too. */
export type MigrationSource = "framework" | "module";

/** One row of a module's `_migrations`. */
export interface AppliedMigration {
  readonly source: MigrationSource;
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * The table is made with the schema, under provisioning's lock, so that migrating can start by locking it.
 * The module itself may read its history but not rewrite it.
 */
export function migrationsTableStep(module: string, roles: ModuleRoles): ProvisionStep {
  const table = `${pg.escapeIdentifier(module)}._migrations`;
  return {
    fact: `there is a table ${table}, which ${roles.app} may only read`,
    // Not to_regclass, which fails for an admin who may not look into the schema.
    holds:
      "exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace " +
      `where n.nspname = '${module}' and c.relname = '_migrations')`,
    apply: `
      set local role ${roles.owner};
      create table ${table} (
        source text not null check (source in ('framework', 'module')),
        version integer not null check (version > 0),
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now(),
        duration_ms integer not null,
        primary key (source, version)
      );
      revoke insert, update, delete on ${table} from ${roles.app};
      reset role`,
  };
}

/** What every module has applied, in one round trip. */
export async function readApplied(
  client: AdminClient,
  modules: readonly { readonly name: string; readonly roles: ModuleRoles }[],
): Promise<Map<string, AppliedMigration[]>> {
  if (modules.length === 0) return new Map();
  const reads = modules.map(
    ({ name, roles }) =>
      `set local role ${roles.owner}; ` +
      `select source, version, name, checksum from ${pg.escapeIdentifier(name)}._migrations order by source, version`,
  );
  // A text of several statements yields one result each, in order.
  const results = (await inTransaction(client, () => client.query(reads.join("; ")))) as unknown as {
    command: string;
    rows: AppliedMigration[];
  }[];
  const selected = results.filter(({ command }) => command === "SELECT");
  return new Map(modules.map(({ name }, index) => [name, selected[index]?.rows ?? []]));
}

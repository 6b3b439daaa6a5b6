import type { AdminClient } from "./admin-connection.ts";
import type { DatabaseModel } from "./database-model.ts";
import { DatabaseError } from "./errors.ts";
import { historyFaults, type Migration, readMigrations } from "./migration-files.ts";
import { type AppliedMigration, readApplied } from "./migration-record.ts";
import { applyMigration, type MigrateOptions, type MigrationRun } from "./migration-run.ts";
import { rolesOf } from "./roles.ts";

/**
 * Applies what the modules' files have beyond the database, in order; safe when several instances do so at
 * once. Throws ASHLAR_MIGRATIONS_REFUSED, with all faults of all modules, before it applies anything.
 */
export async function migrate(
  client: AdminClient,
  model: DatabaseModel,
  options: MigrateOptions,
): Promise<MigrationRun[]> {
  const modules = model.modules.map(({ name }) => ({ name, roles: rolesOf(model.app, name) }));
  const read = await Promise.all(
    model.modules.map(({ name, migrations }) => readMigrations(name, migrations)),
  );
  const applied = await readApplied(client, modules);
  const faults = modules.flatMap(({ name }, index) => [
    ...(read[index]?.faults ?? []),
    ...historyFaults(name, read[index]?.migrations ?? [], applied.get(name) ?? []),
  ]);
  if (faults.length > 0) {
    throw new DatabaseError(
      "ASHLAR_MIGRATIONS_REFUSED",
      `The migrations do not continue database ${client.database}:\n${faults.map((fault) => `- ${fault}`).join("\n")}`,
    );
  }

  const runs: MigrationRun[] = [];
  for (const [index, { name, roles }] of modules.entries()) {
    for (const file of read[index]?.migrations ?? []) {
      if (applied.get(name)?.some((done) => isSame(done, file))) continue;
      const run = await applyMigration({ client, model, file, roles, options });
      if (run !== undefined) {
        options.log?.(`applied ${file.label} in ${run.durationMs} ms`);
        runs.push(run);
      }
    }
  }
  return runs;
}

function isSame(applied: AppliedMigration, file: Migration): boolean {
  return applied.source === file.source && applied.version === file.version;
}

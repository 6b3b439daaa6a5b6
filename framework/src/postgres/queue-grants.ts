import pg from "pg";
import type { AdminClient } from "./admin-connection.ts";
import type { DatabaseModel } from "./database-model.ts";
import { consoleRole, rolesOf, SYSTEM_SCHEMA, workerRole } from "./roles.ts";

/** What the worker role reads and writes in the schema of every module. */
const QUEUE_TABLES = [
  "_jobs",
  "_finished_jobs",
  "_dead_jobs",
  "_job_dependencies",
  "_job_gates",
  "_job_permits",
  "_job_periods",
  "_job_cancellations",
  "_paused_queues",
  "_schedules",
  "_outbox",
  "_relay",
  "_events",
  "_inbox",
  "_subscriptions",
  "_replays",
];
/** What the console reads beside: when which migration ran. Workers have no business there. */
const CONSOLE_TABLES = ["_migrations"];
const QUEUE_SEQUENCES = ["_job_ids", "_event_ids", "_replay_ids"];

/**
 * Lets the worker role into the framework's tables of every module, after the migrations that made them. One query
 * and no write when it is in already.
 */
export async function syncQueueGrants(client: AdminClient, model: DatabaseModel): Promise<void> {
  if (!model.modules.some(({ name }) => name === SYSTEM_SCHEMA)) return;
  const worker = workerRole(model.app);
  const console = consoleRole(model.app);
  // By the catalogue and not by to_regclass(), which refuses an administrator who may not look into the schemas.
  const { rows } = await client.query<{ module: string }>(
    `select m.module from unnest($1::text[]) as m (module)
     where not has_schema_privilege(to_regrole($2), to_regnamespace(m.module), 'USAGE')
       or exists (select from pg_class c
         where c.relnamespace = to_regnamespace(m.module) and c.relname = any ($3::text[])
           and not has_table_privilege(to_regrole($2), c.oid, 'DELETE'))
       or exists (select from pg_class c
         where c.relnamespace = to_regnamespace(m.module) and c.relname = any ($5::text[])
           and not has_table_privilege(to_regrole($6), c.oid, 'SELECT'))
       or exists (select from pg_class c
         where c.relnamespace = to_regnamespace(m.module) and c.relname = any ($4::text[])
           and case when c.relkind = 'S' then not has_sequence_privilege(to_regrole($2), c.oid, 'USAGE') end)`,
    [
      model.modules.map(({ name }) => name).filter((name) => name !== SYSTEM_SCHEMA),
      worker,
      QUEUE_TABLES,
      QUEUE_SEQUENCES,
      CONSOLE_TABLES,
      console,
    ],
  );
  for (const { module } of rows) {
    const schema = pg.escapeIdentifier(module);
    const qualified = (names: readonly string[]) => names.map((name) => `${schema}.${name}`).join(", ");
    await client.query(
      `begin;
       set local role ${rolesOf(model.app, module).owner};
       grant usage on schema ${schema} to ${worker};
       grant select, insert, update, delete on ${qualified(QUEUE_TABLES)} to ${worker};
       grant select on ${qualified(CONSOLE_TABLES)} to ${console};
       grant usage, select on ${qualified(QUEUE_SEQUENCES)} to ${worker};
       commit`,
    );
  }
}

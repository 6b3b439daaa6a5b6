import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type AdminClient, addressOf, inTransaction } from "./admin-connection.ts";
import type { DatabaseModel } from "./database-model.ts";
import { DatabaseError } from "./errors.ts";
import { layoutSteps } from "./layout.ts";
import type { ProvisionStep, SoftWall } from "./provision-step.ts";
import { consoleRole, rolesOf } from "./roles.ts";

// Any number of ours; instances of one app and of others wait for each other with it, per database.
const lockKey = "4702111234474983745";
const attempts = 20;

/**
 * Makes the roles, schemas, grants and hardening of the model exist. Idempotent: one query and no write
 * when all of it is there. Never takes away a module that the model no longer has.
 * `verifier` makes the scram verifier that a new login starts with.
 */
export async function provision(
  client: AdminClient,
  model: DatabaseModel,
  verifier: () => string,
): Promise<SoftWall[]> {
  const steps = layoutSteps(model, client.database ?? model.app, verifier);
  const isSuperuser = await mayProvision(client, model);
  await refuseForeignNames(client, model);

  let missing = await stepsThatDoNotHold(client, steps);
  const applicable = () => missing.filter((step) => isSuperuser || step.soft === undefined);
  for (let attempt = 1; applicable().length > 0; attempt++) {
    try {
      missing = await inTransaction(client, async () => {
        await client.query(`select pg_advisory_xact_lock(${lockKey})`);
        missing = await stepsThatDoNotHold(client, steps);
        for (const step of applicable()) await client.query(step.apply);
        return missing.filter((step) => !applicable().includes(step));
      });
    } catch (error) {
      // Roles belong to the whole server: an app in another database, which the lock does not reach, may
      // make them at the same time.
      if (!isCollision(error) || attempt === attempts) throw explainRefusal(error, client);
      await delay(Math.random() * 20 * attempt);
    }
  }
  return missing.flatMap(({ soft }) => soft ?? []);
}

/** Those whose facts are not so, in the order in which they can be made so. */
export async function stepsThatDoNotHold(
  client: Pick<AdminClient, "query">,
  steps: readonly ProvisionStep[],
): Promise<ProvisionStep[]> {
  const { rows } = await client.query(
    `select array[${steps.map(({ holds }) => `(${holds})`).join(",\n")}] as holds`,
  );
  const holds: readonly (boolean | null)[] = rows[0].holds;
  return steps.filter((_, index) => holds[index] !== true);
}

/** Says whether the admin is a superuser; throws when it is neither that nor an owner who may make roles. */
async function mayProvision(client: AdminClient, model: DatabaseModel): Promise<boolean> {
  const { rows } = await client.query(`
    select r.rolname, r.rolsuper, r.rolcreaterole, pg_has_role(d.datdba, 'USAGE') as owns
    from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`);
  const { rolname, rolsuper, rolcreaterole, owns } = rows[0];
  if (rolsuper) return true;
  const lacks = [
    ...(rolcreaterole ? [] : [`alter role ${rolname} createrole`]),
    ...(owns ? [] : [`alter database ${client.database} owner to ${rolname}`]),
  ];
  if (lacks.length === 0) return false;
  throw new DatabaseError(
    "ASHLAR_PROVISION_NOT_ALLOWED",
    `Role ${rolname} at ${addressOf(client)} may not lay out app ${model.app}: it must own the database ` +
      `${client.database} and be allowed to create roles. Have a superuser run: ${lacks.join("; ")};`,
  );
}

/** Throws when a schema or a role of ours exists already and is someone else's. */
async function refuseForeignNames(client: AdminClient, model: DatabaseModel): Promise<void> {
  const roles = model.modules.flatMap(({ name }) => {
    const purpose = `ashlar: module ${name} of app ${model.app}`;
    return Object.values(rolesOf(model.app, name)).map((role) => ({ role, purpose }));
  });
  roles.push({ role: consoleRole(model.app), purpose: `ashlar: console of app ${model.app}` });
  const { rows } = await client.query(
    `select 'Schema ' || n.nspname || ' belongs to ' || n.nspowner::regrole::text as fault
     from pg_namespace n join unnest($1::text[], $2::text[]) as ours (schema, owner) on ours.schema = n.nspname
     where n.nspowner <> coalesce(to_regrole(ours.owner), 0)
     union all
     select 'Role ' || r.rolname || ' is the one of "' || shobj_description(r.oid, 'pg_authid') || '"'
     from pg_roles r join unnest($3::text[], $4::text[]) as ours (role, purpose) on ours.role = r.rolname
     where shobj_description(r.oid, 'pg_authid') <> ours.purpose`,
    [
      model.modules.map(({ name }) => name),
      model.modules.map(({ name }) => rolesOf(model.app, name).owner),
      roles.map(({ role }) => role),
      roles.map(({ purpose }) => purpose),
    ],
  );
  if (rows.length === 0) return;
  throw new DatabaseError(
    "ASHLAR_NAME_TAKEN",
    `App ${model.app} cannot use database ${client.database}:\n${rows.map(({ fault }) => `- ${fault}`).join("\n")}\n` +
      "Rename the app or the module, or use another database.",
  );
}

function isCollision(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    // unique violation, duplicate object or schema, deadlock, serialization failure
    ["23505", "42710", "42P06", "40P01", "40001"].includes(code ?? "") ||
    (code === "XX000" && /tuple concurrently|cache lookup failed/.test(message ?? ""))
  );
}

function explainRefusal(error: unknown, client: AdminClient): unknown {
  if (!(error instanceof pg.DatabaseError) || error.code !== "42501") return error;
  return new DatabaseError(
    "ASHLAR_PROVISION_NOT_ALLOWED",
    `Role ${client.user} at ${addressOf(client)} may not finish the layout of database ${client.database}: ` +
      `${error.message}. ${error.detail ?? ""} Something was made by another role; ` +
      "have a superuser start the app once, or make that role's objects yours.",
    { cause: error, sqlState: error.code },
  );
}

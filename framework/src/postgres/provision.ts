import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type AdminClient, addressOf, inTransaction } from "./admin-connection.ts";
import type { DatabaseModel } from "./database-model.ts";
import { DatabaseError } from "./errors.ts";
import { hardeningSteps } from "./hardening.ts";
import { migrationsTableStep } from "./migration-record.ts";
import type { ProvisionStep, SoftWall } from "./provision-step.ts";
import { rolesOf } from "./roles.ts";

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
  const steps = provisionSteps(model, client.database ?? model.app, verifier);
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

/**
 * Lets the app into a database cloned from a prepared one: CREATE DATABASE copies everything but the
 * privileges on the database itself.
 */
export function databaseGrants(app: string, database: string): string {
  const name = pg.escapeIdentifier(database);
  return `revoke all on database ${name} from public; grant connect on database ${name} to ${pg.escapeIdentifier(app)}`;
}

function provisionSteps(model: DatabaseModel, database: string, verifier: () => string): ProvisionStep[] {
  const { app, modules } = model;
  const names = modules.map(({ name }) => name);
  return [
    createRole(app, () => `login noinherit password ${pg.escapeLiteral(verifier())}`, `login of app ${app}`),
    keepAttribute(app, "login noinherit", "rolcanlogin and not rolinherit"),
    keepPowerless(app),
    ...names.flatMap((name) => moduleSteps(app, name)),
    ...hardeningSteps(app, names),
    {
      holds:
        "not has_database_privilege('public', current_database(), 'CONNECT') " +
        "and not has_database_privilege('public', current_database(), 'TEMPORARY') " +
        "and exists (select from pg_database d, aclexplode(d.datacl) a where d.datname = current_database() " +
        `and a.grantee = to_regrole('${app}') and a.privilege_type = 'CONNECT')`,
      apply: databaseGrants(app, database),
    },
    {
      holds:
        "to_regnamespace('public') is null or not (has_schema_privilege('public', to_regnamespace('public'), 'USAGE') " +
        "or has_schema_privilege('public', to_regnamespace('public'), 'CREATE'))",
      apply: "revoke all on schema public from public",
    },
  ];
}

function moduleSteps(app: string, module: string): ProvisionStep[] {
  const roles = rolesOf(app, module);
  const schema = pg.escapeIdentifier(module);
  return [
    ...[roles.owner, roles.app, roles.reader].flatMap((role) => [
      createRole(role, () => "nologin", `module ${module} of app ${app}`),
      keepAttribute(role, "nologin", "not rolcanlogin"),
      keepPowerless(role),
    ]),
    ...[roles.app, roles.reader].map((role) => becomes(app, role)),
    {
      // Whoever creates a role may administer it, yet not act as it before granting that to himself.
      holds: `pg_has_role(current_user, to_regrole('${roles.owner}'), 'SET')`,
      apply: `grant ${roles.owner} to current_user with inherit false, set true`,
    },
    {
      holds: `to_regnamespace('${module}') is not null`,
      apply: `create schema ${schema} authorization ${roles.owner}`,
    },
    asOwner(
      roles.owner,
      [roles.app, roles.reader]
        .map((role) => `has_schema_privilege(to_regrole('${role}'), to_regnamespace('${module}'), 'USAGE')`)
        .join(" and "),
      `grant usage on schema ${schema} to ${roles.app}, ${roles.reader}`,
    ),
    asOwner(
      roles.owner,
      `${defaultsWithoutPublic(roles.owner, "f")} and ${defaultsWithoutPublic(roles.owner, "T")}`,
      // Without IN SCHEMA on purpose: a revocation per schema cannot take away what is granted globally.
      "alter default privileges revoke execute on functions from public; " +
        "alter default privileges revoke usage on types from public",
    ),
    asOwner(
      roles.owner,
      defaultsGrant(roles.owner, module, [
        ["r", roles.app, ["SELECT", "INSERT", "UPDATE", "DELETE"]],
        ["r", roles.reader, ["SELECT"]],
        ["S", roles.app, ["USAGE", "SELECT"]],
        ["f", roles.app, ["EXECUTE"]],
        ["T", roles.app, ["USAGE"]],
        ["T", roles.reader, ["USAGE"]],
      ]),
      `alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${roles.app};
       alter default privileges in schema ${schema} grant select on tables to ${roles.reader};
       alter default privileges in schema ${schema} grant usage, select on sequences to ${roles.app};
       alter default privileges in schema ${schema} grant execute on functions to ${roles.app};
       alter default privileges in schema ${schema} grant usage on types to ${roles.app}, ${roles.reader}`,
    ),
    migrationsTableStep(module, roles),
  ];
}

/** The comment tells apart roles of two apps whose names happen to meet: `a_b` + `c` and `a` + `b_c`. */
function createRole(role: string, attributes: () => string, purpose: string): ProvisionStep {
  const name = pg.escapeIdentifier(role);
  return {
    holds: `to_regrole('${role}') is not null`,
    // Only when it is needed: a scram verifier takes some milliseconds to make.
    get apply() {
      return `create role ${name} ${attributes()}; comment on role ${name} is 'ashlar: ${purpose}'`;
    },
  };
}

function keepAttribute(role: string, attributes: string, condition: string): ProvisionStep {
  return {
    holds: `exists (select from pg_roles where rolname = '${role}' and ${condition})`,
    apply: `alter role ${pg.escapeIdentifier(role)} ${attributes}`,
  };
}

function keepPowerless(role: string): ProvisionStep {
  return {
    holds:
      `exists (select from pg_roles where rolname = '${role}' and not (rolsuper or rolcreaterole or rolcreatedb ` +
      "or rolreplication or rolbypassrls))",
    apply: `alter role ${pg.escapeIdentifier(role)} nosuperuser nocreaterole nocreatedb noreplication nobypassrls`,
  };
}

/** The login may act as the role but has none of its rights before it does. */
function becomes(login: string, role: string): ProvisionStep {
  return {
    holds:
      "(select coalesce(bool_or(set_option) and not bool_or(inherit_option) and not bool_or(admin_option), false) " +
      `from pg_auth_members where roleid = to_regrole('${role}') and member = to_regrole('${login}'))`,
    apply: `grant ${role} to ${pg.escapeIdentifier(login)} with admin false, inherit false, set true`,
  };
}

function asOwner(owner: string, holds: string, apply: string): ProvisionStep {
  return { holds, apply: `set local role ${owner}; ${apply}; reset role` };
}

function defaultsWithoutPublic(owner: string, kind: string): string {
  return (
    `exists (select from pg_default_acl where defaclrole = to_regrole('${owner}') and defaclnamespace = 0 ` +
    `and defaclobjtype = '${kind}' and not exists (select from aclexplode(defaclacl) where grantee = 0))`
  );
}

function defaultsGrant(
  owner: string,
  schema: string,
  wanted: readonly (readonly [kind: string, role: string, privileges: readonly string[]])[],
): string {
  const rows = wanted.flatMap(([kind, role, privileges]) =>
    privileges.map((privilege) => `('${kind}', to_regrole('${role}'), '${privilege}')`),
  );
  return (
    `not exists (select from (values ${rows.join(", ")}) as wanted (kind, grantee, privilege) ` +
    "where not exists (select from pg_default_acl d, aclexplode(d.defaclacl) a " +
    `where d.defaclrole = to_regrole('${owner}') and d.defaclnamespace = to_regnamespace('${schema}') ` +
    'and d.defaclobjtype = wanted.kind::"char" and a.grantee = wanted.grantee and a.privilege_type = wanted.privilege))'
  );
}

async function stepsThatDoNotHold(
  client: AdminClient,
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

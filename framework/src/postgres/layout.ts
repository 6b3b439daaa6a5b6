import pg from "pg";
import { consoleSteps } from "./console-role.ts";
import type { DatabaseModel } from "./database-model.ts";
import { hardeningSteps } from "./hardening.ts";
import { migrationsTableStep } from "./migration-record.ts";
import type { ProvisionStep } from "./provision-step.ts";
import { createRole, keepAttribute, keepPowerless } from "./role-step.ts";
import { consoleRole, rolesOf, SYSTEM_SCHEMA } from "./roles.ts";
import { statisticsSteps } from "./statement-statistics.ts";

/** Everything that the model needs in the database before its migrations, in the order to make it. */
export function layoutSteps(model: DatabaseModel, database: string, verifier: () => string): ProvisionStep[] {
  const { app, modules } = model;
  const names = modules.map(({ name }) => name);
  return [
    createRole(app, () => `login noinherit password ${pg.escapeLiteral(verifier())}`, `login of app ${app}`),
    keepAttribute(app, "login noinherit", "not rolcanlogin or rolinherit"),
    keepPowerless(app),
    ...names.flatMap((name) => moduleSteps(app, name)),
    ...hardeningSteps(app, names),
    {
      fact: `only ${app} may connect to database ${database}`,
      holds:
        "not has_database_privilege('public', current_database(), 'CONNECT') " +
        "and not has_database_privilege('public', current_database(), 'TEMPORARY') " +
        "and exists (select from pg_database d, aclexplode(d.datacl) a where d.datname = current_database() " +
        `and a.grantee = to_regrole('${app}') and a.privilege_type = 'CONNECT')`,
      apply: databaseGrants(app, database),
    },
    {
      fact: "PUBLIC may not use schema public",
      holds:
        "to_regnamespace('public') is null or not (has_schema_privilege('public', to_regnamespace('public'), 'USAGE') " +
        "or has_schema_privilege('public', to_regnamespace('public'), 'CREATE'))",
      apply: "revoke all on schema public from public",
    },
    ...(names.includes(SYSTEM_SCHEMA) ? [...statisticsSteps(app), ...consoleSteps(app, database)] : []),
  ];
}

/**
 * Lets the app into a database cloned from a prepared one: CREATE DATABASE copies everything but the
 * privileges on the database itself.
 */
export function databaseGrants(app: string, database: string): string {
  const name = pg.escapeIdentifier(database);
  return (
    `revoke all on database ${name} from public; grant connect on database ${name} to ${pg.escapeIdentifier(app)}; ` +
    // A clone of a database that was laid out without the system schema has no console.
    `do $$ begin if to_regrole('${consoleRole(app)}') is not null then ` +
    `grant connect on database ${name} to ${consoleRole(app)}; end if; end $$`
  );
}

function moduleSteps(app: string, module: string): ProvisionStep[] {
  const roles = rolesOf(app, module);
  const schema = pg.escapeIdentifier(module);
  return [
    ...[roles.owner, roles.app, roles.reader].flatMap((role) => [
      createRole(role, () => "nologin", `module ${module} of app ${app}`),
      keepAttribute(role, "nologin", "rolcanlogin"),
      keepPowerless(role),
    ]),
    ...[roles.app, roles.reader].map((role) => becomes(app, role)),
    {
      // Whoever creates a role may administer it, yet not act as it before granting that to himself.
      fact: `the administrator may act as ${roles.owner}`,
      holds: `pg_has_role(current_user, to_regrole('${roles.owner}'), 'SET')`,
      apply: `grant ${roles.owner} to current_user with inherit false, set true`,
    },
    {
      fact: `there is a schema ${module}`,
      holds: `to_regnamespace('${module}') is not null`,
      apply: `create schema ${schema} authorization ${roles.owner}`,
    },
    asOwner(
      roles.owner,
      `${roles.app} and ${roles.reader} may use schema ${module}`,
      [roles.app, roles.reader]
        .map((role) => `has_schema_privilege(to_regrole('${role}'), to_regnamespace('${module}'), 'USAGE')`)
        .join(" and "),
      `grant usage on schema ${schema} to ${roles.app}, ${roles.reader}`,
    ),
    asOwner(
      roles.owner,
      `PUBLIC gets no rights on functions and types that ${roles.owner} makes`,
      `${defaultsWithoutPublic(roles.owner, "f")} and ${defaultsWithoutPublic(roles.owner, "T")}`,
      // Without IN SCHEMA on purpose: a revocation per schema cannot take away what is granted globally.
      "alter default privileges revoke execute on functions from public; " +
        "alter default privileges revoke usage on types from public",
    ),
    asOwner(
      roles.owner,
      `${roles.app} and ${roles.reader} get their rights on what ${roles.owner} makes`,
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

/** The login may act as the role but has none of its rights before it does. */
function becomes(login: string, role: string): ProvisionStep {
  return {
    fact: `${login} may act as ${role} and has none of its rights before it does`,
    holds:
      "(select coalesce(bool_or(set_option) and not bool_or(inherit_option) and not bool_or(admin_option), false) " +
      `from pg_auth_members where roleid = to_regrole('${role}') and member = to_regrole('${login}'))`,
    apply: `grant ${role} to ${pg.escapeIdentifier(login)} with admin false, inherit false, set true`,
  };
}

function asOwner(owner: string, fact: string, holds: string, apply: string): ProvisionStep {
  return { fact, holds, apply: `set local role ${owner}; ${apply}; reset role` };
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

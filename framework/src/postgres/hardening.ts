import pg from "pg";
import type { ProvisionStep } from "./provision-step.ts";
import { rolesOf } from "./roles.ts";

/**
 * Functions of pg_catalog through which a plain SELECT could change the session, run SQL given as text, or
 * leave objects outside of every schema. EXECUTE on all of them is PUBLIC's by default.
 */
const reachOut = {
  settings: ["set_config(text,text,boolean)"],
  xml: [
    "query_to_xml(text,boolean,boolean,text)",
    "query_to_xmlschema(text,boolean,boolean,text)",
    "query_to_xml_and_xmlschema(text,boolean,boolean,text)",
    "cursor_to_xml(refcursor,integer,boolean,boolean,text)",
    "cursor_to_xmlschema(refcursor,boolean,boolean,text)",
    "table_to_xml(regclass,boolean,boolean,text)",
    "table_to_xmlschema(regclass,boolean,boolean,text)",
    "table_to_xml_and_xmlschema(regclass,boolean,boolean,text)",
    "schema_to_xml(name,boolean,boolean,text)",
    "schema_to_xmlschema(name,boolean,boolean,text)",
    "schema_to_xml_and_xmlschema(name,boolean,boolean,text)",
    "database_to_xml(boolean,boolean,text)",
    "database_to_xmlschema(boolean,boolean,text)",
    "database_to_xml_and_xmlschema(boolean,boolean,text)",
  ],
  largeObjects: ["lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid,bytea)"],
};

const notSuperuser = "it takes a superuser, and the admin connection is not one";

/** Closes what PUBLIC may do in the catalogue of this database. All of it needs a superuser. */
export function hardeningSteps(app: string, modules: readonly string[]): ProvisionStep[] {
  const owners = modules.map((module) => rolesOf(app, module).owner);
  return [
    revokeFunctions("set_config", reachOut.settings),
    revokeFunctions("query_to_xml and its family", reachOut.xml),
    revokeFunctions("creating large objects", reachOut.largeObjects),
    soften("update of pg_settings", {
      holds: "not has_table_privilege('public', 'pg_catalog.pg_settings', 'UPDATE')",
      apply: "revoke update on pg_catalog.pg_settings from public",
    }),
    ...owners.map(grantLanguages),
    soften("languages sql and plpgsql", {
      holds:
        "not has_language_privilege('public', 'plpgsql', 'USAGE') " +
        "and not has_language_privilege('public', 'sql', 'USAGE')",
      // The grants again, for whoever runs this by hand as the remedy.
      apply: `${owners.map((owner) => `grant usage on language plpgsql, sql to ${owner}; `).join("")}revoke usage on language plpgsql, sql from public`,
    }),
    // The stamp `set local role` in front of an autocommit statement makes PostgreSQL write a warning
    // into its log, at 40 % more CPU per read. Only a superuser may set what goes into the server's log.
    soften("silence of the server's log", {
      holds: hasSetting(app, "log_min_messages=error"),
      apply: `alter role ${pg.escapeIdentifier(app)} set log_min_messages = error`,
    }),
    {
      fact: `${app} is sent errors only`,
      holds: hasSetting(app, "client_min_messages=error"),
      apply: `alter role ${pg.escapeIdentifier(app)} set client_min_messages = error`,
    },
  ];
}

function revokeFunctions(wall: string, signatures: readonly string[]): ProvisionStep {
  const functions = signatures.map((signature) => `pg_catalog.${signature}`);
  return soften(wall, {
    holds:
      `not exists (select from unnest(array[${functions.map((name) => `'${name}'`).join(", ")}]::regprocedure[]) ` +
      "as function where has_function_privilege('public', function, 'EXECUTE'))",
    apply: `revoke execute on function ${functions.join(", ")} from public`,
  });
}

function grantLanguages(owner: string): ProvisionStep {
  return {
    fact: `${owner} may write functions in sql and plpgsql`,
    // For a superuser it must hold on its own, since the next step takes PUBLIC's away.
    holds:
      "case when (select rolsuper from pg_roles where rolname = current_user) then (" +
      "select count(*) = 2 from pg_language l, aclexplode(l.lanacl) a " +
      `where l.lanname in ('plpgsql', 'sql') and a.grantee = to_regrole('${owner}')) ` +
      `else has_language_privilege(to_regrole('${owner}'), (select oid from pg_language where lanname = 'plpgsql'), 'USAGE') end`,
    apply: `grant usage on language plpgsql, sql to ${owner}`,
  };
}

function hasSetting(role: string, setting: string): string {
  return (
    "exists (select from pg_db_role_setting where setdatabase = 0 " +
    `and setrole = to_regrole('${role}') and '${setting}' = any(setconfig))`
  );
}

function soften(wall: string, step: { holds: string; apply: string }): ProvisionStep {
  return { ...step, fact: `${wall}: closed`, soft: { wall, why: notSuperuser, remedy: `${step.apply};` } };
}

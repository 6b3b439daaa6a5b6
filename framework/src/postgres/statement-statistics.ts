import pg from "pg";
import type { ProvisionStep } from "./provision-step.ts";
import { rolesOf, SYSTEM_SCHEMA } from "./roles.ts";

/** Where the extension goes unless somebody has put it elsewhere: into no module's schema, and open to no module. */
export const STATISTICS_SCHEMA = "ashlar_statistics";

const IS_SUPERUSER = "(select rolsuper from pg_roles where rolname = current_user)";
const IS_THERE = "exists (select from pg_extension where extname = 'pg_stat_statements')";

/**
 * Lets the framework's functions in schema `ashlar` read pg_stat_statements. It takes a superuser, and an app can do
 * without: under anybody else, or where the server has no such extension, these facts count as so.
 *
 * The owner role gets to see the statistics, because nobody acts as it: the worker role may only call its functions,
 * which show the app's own statements. As a member of pg_read_all_stats itself, the worker role would see the
 * statements of all databases, and those that run just now with the passwords in them.
 */
export function statisticsSteps(app: string): ProvisionStep[] {
  const { owner } = rolesOf(app, SYSTEM_SCHEMA);
  return [
    {
      fact: "there is an extension pg_stat_statements",
      holds:
        `case when not ${IS_SUPERUSER} or ${IS_THERE} then true ` +
        "else not exists (select from pg_available_extensions where name = 'pg_stat_statements') end",
      apply:
        `create schema if not exists ${STATISTICS_SCHEMA}; ` +
        `create extension if not exists pg_stat_statements schema ${STATISTICS_SCHEMA}`,
    },
    statisticsUsageStep(owner),
    {
      fact: `${owner} may read all statistics`,
      holds: `case when not ${IS_SUPERUSER} then true else pg_has_role(to_regrole('${owner}'), 'pg_read_all_stats', 'USAGE') end`,
      apply: statisticsMembership(owner),
    },
  ];
}

/** Who looks at statements needs this besides the right to see those of others. */
export function statisticsUsageStep(role: string): ProvisionStep {
  return {
    fact: `${role} may use the schema of pg_stat_statements`,
    // By the grant and not by the right: schema public may be open to everybody until a later step closes it.
    holds:
      `case when not ${IS_SUPERUSER} then true else ` +
      "exists (select from pg_extension e join pg_namespace n on n.oid = e.extnamespace, aclexplode(n.nspacl) a " +
      "where e.extname = 'pg_stat_statements' and a.privilege_type = 'USAGE' " +
      `and a.grantee = to_regrole('${role}')) or (not ${IS_THERE} ` +
      "and not exists (select from pg_available_extensions where name = 'pg_stat_statements')) end",
    apply: statisticsUsage(role),
  };
}

/** What a superuser runs so that the statements of the app can be counted. */
export function statisticsRemedy(app: string): string {
  const { owner } = rolesOf(app, SYSTEM_SCHEMA);
  return [
    `create schema if not exists ${STATISTICS_SCHEMA};`,
    `create extension if not exists pg_stat_statements schema ${STATISTICS_SCHEMA};`,
    `${statisticsUsage(owner)};`,
    `${statisticsMembership(owner)};`,
  ].join("\n");
}

function statisticsUsage(role: string): string {
  return (
    "do $$ begin execute format('grant usage on schema %s to %I', (select extnamespace::regnamespace " +
    `from pg_extension where extname = 'pg_stat_statements'), ${pg.escapeLiteral(role)}); end $$`
  );
}

function statisticsMembership(owner: string): string {
  return `grant pg_read_all_stats to ${owner} with admin false, inherit true, set false`;
}

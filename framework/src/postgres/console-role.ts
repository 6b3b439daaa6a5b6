import pg from "pg";
import type { ProvisionStep } from "./provision-step.ts";
import { createRole, keepPowerless } from "./role-step.ts";
import { consoleRole, workerRole } from "./roles.ts";
import { statisticsUsageStep } from "./statement-statistics.ts";

/**
 * The console's login, without a password until `prepareDatabase` finds that it does not get in. Inherits, unlike the
 * app's login: it acts under its own name, by which PostgreSQL counts what it costs.
 */
export function consoleSteps(app: string, database: string): ProvisionStep[] {
  const role = consoleRole(app);
  const name = pg.escapeIdentifier(role);
  return [
    createRole(role, () => "login inherit", `console of app ${app}`),
    keepPowerless(role),
    {
      fact: `${role} may connect to database ${database}`,
      holds:
        "exists (select from pg_database d, aclexplode(d.datacl) a where d.datname = current_database() " +
        `and a.grantee = to_regrole('${role}') and a.privilege_type = 'CONNECT')`,
      apply: `grant connect on database ${pg.escapeIdentifier(database)} to ${name}`,
    },
    member(role, workerRole(app), "set true"),
    memberIfGrantable(role, "pg_monitor"),
    statisticsUsageStep(role),
    memberIfGrantable(role, "pg_signal_backend"),
  ];
}

function member(role: string, of: string, setOption: "set true" | "set false"): ProvisionStep {
  return {
    fact: `${role} has the rights of ${of}`,
    holds:
      "(select coalesce(bool_or(inherit_option and not admin_option), false) from pg_auth_members " +
      `where roleid = to_regrole('${of}') and member = to_regrole('${role}'))`,
    apply: `grant ${of} to ${pg.escapeIdentifier(role)} with admin false, inherit true, ${setOption}`,
  };
}

/** Holds for an administrator who may not grant it: the console works without, and says what it cannot see or do. */
function memberIfGrantable(role: string, of: string): ProvisionStep {
  const step = member(role, of, "set false");
  const mayGrant =
    "((select rolsuper from pg_roles where rolname = current_user) " +
    `or pg_has_role(current_user, '${of}', 'MEMBER WITH ADMIN OPTION'))`;
  return { ...step, holds: `case when ${mayGrant} then ${step.holds} else true end` };
}

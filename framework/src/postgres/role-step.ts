import pg from "pg";
import type { ProvisionStep } from "./provision-step.ts";

/** The comment tells apart roles of two apps whose names happen to meet: `a_b` + `c` and `a` + `b_c`. */
export function createRole(role: string, attributes: () => string, purpose: string): ProvisionStep {
  const name = pg.escapeIdentifier(role);
  return {
    fact: `there is a role ${role}`,
    holds: `to_regrole('${role}') is not null`,
    // Only when it is needed: a scram verifier takes some milliseconds to make.
    get apply() {
      return `create role ${name} ${attributes()}; comment on role ${name} is 'ashlar: ${purpose}'`;
    },
  };
}

export function keepAttribute(role: string, attributes: string, unless: string): ProvisionStep {
  return {
    fact: `role ${role} is ${attributes}`,
    holds: `not exists (select from pg_roles where rolname = '${role}' and (${unless}))`,
    apply: `alter role ${pg.escapeIdentifier(role)} ${attributes}`,
  };
}

export function keepPowerless(role: string): ProvisionStep {
  return keepAttribute(
    role,
    "nosuperuser nocreaterole nocreatedb noreplication nobypassrls",
    "rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls",
  );
}

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bySetting, bySql, type PlantedFault } from "./planted-fault.ts";

export const appFaults: readonly PlantedFault[] = [
  {
    check: "modules",
    fault: "a module of the code is not in the database",
    severity: "warning",
    says: /there is no schema shipping of app clinic/,
    told: ({ modules }) => ({
      code: { modules: [...modules, { name: "shipping", migrations: "", publishes: [], reads: [] }] },
    }),
  },
  {
    check: "modules",
    fault: "the database has a module that the code does not know",
    severity: "note",
    says: /schema ordering/,
    told: ({ modules }) => ({ code: { modules: modules.slice(0, 1) } }),
  },
  {
    check: "modules",
    fault: "the code cannot be loaded",
    severity: "warning",
    says: /The modules of the code cannot be loaded: .*catalog, ordering.*Unexpected token/s,
    told: () => ({ code: { unknown: "Unexpected token", failed: true } }),
  },
  {
    check: "schemas",
    fault: "a schema belongs to nobody",
    severity: "note",
    says: /reporting, of postgres: 1 table or view/,
    ...bySql(
      ["create schema reporting", "create table reporting.totals ()"],
      "drop schema reporting cascade",
    ),
  },
  {
    check: "schemas",
    fault: "a schema is open to every role",
    severity: "warning",
    says: /Every role of the server may use a schema/,
    remedy: /revoke all on schema "reporting" from public;/,
    ...bySql(
      ["create schema reporting", "grant usage on schema reporting to public"],
      "drop schema reporting cascade",
    ),
  },
  {
    check: "layout",
    fault: "a role of a module may create roles",
    severity: "error",
    says: /not so: role clinic_ordering_app is nosuperuser nocreaterole/,
    remedy: /alter role "clinic_ordering_app" nosuperuser/,
    ...bySql("alter role clinic_ordering_app createrole", "alter role clinic_ordering_app nocreaterole"),
  },
  {
    check: "layout",
    fault: "the login inherits the rights of its modules",
    severity: "error",
    says: /not so: role clinic is login noinherit/,
    ...bySql("alter role clinic inherit", "alter role clinic noinherit"),
  },
  {
    check: "layout",
    fault: "a role is gone",
    severity: "error",
    says: /not so: there is a role clinic_catalog_reader/,
    remedy: /Start the app/,
    ...bySql(
      "alter role clinic_catalog_reader rename to clinic_away",
      "alter role clinic_away rename to clinic_catalog_reader",
    ),
  },
  {
    check: "layout",
    fault: "anybody may connect",
    severity: "error",
    says: /not so: only clinic may connect to database clinic/,
    ...bySql("grant connect on database clinic to public", "revoke connect on database clinic from public"),
  },
  {
    check: "memberships",
    fault: "somebody else may act as a module",
    severity: "error",
    says: /intern is a member of clinic_ordering_app: neither the login nor an administrator/,
    remedy: /revoke clinic_ordering_app from intern;/,
    ...bySql(["create role intern login", "grant clinic_ordering_app to intern"], "drop role intern"),
  },
  {
    check: "memberships",
    fault: "the login may read everything",
    severity: "error",
    says: /clinic is a member of pg_read_all_data/,
    ...bySql("grant pg_read_all_data to clinic", "revoke pg_read_all_data from clinic"),
  },
  {
    check: "grants",
    fault: "a module may read another's table",
    severity: "error",
    says: /table ordering\.orders is open to clinic_catalog_app \(SELECT\)/,
    ...bySql(
      "grant select on ordering.orders to clinic_catalog_app",
      "revoke select on ordering.orders from clinic_catalog_app",
    ),
  },
  {
    check: "grants",
    fault: "a foreign key crosses modules",
    severity: "error",
    says: /depends on .*catalog\.products/,
    ...bySql(
      "alter table ordering.orders add sku text references catalog.products",
      "alter table ordering.orders drop sku",
    ),
  },
  {
    check: "hardening",
    fault: "everybody may call set_config",
    severity: "warning",
    says: /open in the catalogue: set_config/,
    remedy: /revoke execute on function pg_catalog\.set_config/,
    ...bySql(
      "grant execute on function set_config to public",
      "revoke execute on function set_config from public",
    ),
  },
  {
    check: "walls",
    fault: "the login may become an owner",
    severity: "error",
    says: /role of the owner: .*set local role clinic_ordering_owner; the server let it pass/,
    ...bySql("grant clinic_ordering_owner to clinic", "revoke clinic_ordering_owner from clinic"),
  },
  {
    check: "walls",
    fault: "the login has another password",
    severity: "note",
    says: /The walls were not tried/,
    remedy: /DATABASE_LOGIN_PASSWORD/,
    told: ({ url }) => ({ database: { url, loginPassword: "not-to-be-told" } }),
  },
  {
    check: "time-outs",
    fault: "the login has another password",
    severity: "note",
    says: /were not looked at/,
    told: ({ url }) => ({ database: { url, loginPassword: "not-to-be-told" } }),
  },
  {
    check: "time-outs",
    fault: "requests end before a wait for a lock does",
    severity: "warning",
    says: /request 4000 ms at the edge/,
    told: () => ({ deployment: { requestTimeoutMs: 4_000 } }),
  },
  {
    check: "migrations",
    fault: "a migration is not applied yet",
    severity: "warning",
    says: /1 migration is not applied yet: ordering\/0002_add_notes\.sql/,
    async plant({ migrations }) {
      const file = join(migrations, "0002_add_notes.sql");
      writeFileSync(file, "create table notes (id int primary key);");
      return async () => rmSync(file);
    },
  },
  {
    check: "migrations",
    fault: "a migration was edited after it was applied",
    severity: "error",
    says: /ordering\/0001_create_orders\.sql was edited after it was applied/,
    async plant({ migrations }) {
      const file = join(migrations, "0001_create_orders.sql");
      const text = readFileSync(file, "utf8");
      writeFileSync(file, `${text}\n-- and one more thing`);
      return async () => writeFileSync(file, text);
    },
  },
  {
    check: "migrations",
    fault: "a newer release has been here",
    severity: "note",
    says: /A newer release has migrated this database: ordering\/0002_from_tomorrow\.sql/,
    ...bySql(
      `insert into ordering._migrations (source, version, name, checksum, duration_ms)
       values ('module', 2, 'from_tomorrow', '', 0)`,
      "delete from ordering._migrations where name = 'from_tomorrow'",
    ),
  },
  {
    check: "migrations",
    fault: "the framework is newer than the database",
    severity: "warning",
    says: /ordering \(framework: jobs_and_events\)/,
    ...bySql(
      "update ordering._migrations set version = 1002 where name = 'jobs_and_events'",
      "update ordering._migrations set version = 2 where name = 'jobs_and_events'",
    ),
  },
  {
    check: "session-defaults",
    fault: "the database is read-only by default",
    severity: "error",
    says: /default_transaction_read_only = on: a setting of the database/,
    remedy: /alter database clinic reset default_transaction_read_only;/,
    ...bySetting("default_transaction_read_only", "on"),
  },
  {
    check: "session-defaults",
    fault: "the server cuts resting sessions of the login",
    severity: "warning",
    says: /idle_session_timeout = 5min: a setting of the role/,
    remedy: /alter role clinic reset idle_session_timeout;/,
    ...bySql(
      "alter role clinic set idle_session_timeout = '5min'",
      "alter role clinic reset idle_session_timeout",
    ),
  },
  {
    check: "pool-budget",
    fault: "more instances are planned than the server takes",
    severity: "error",
    says: /40 instances × \(1 \+ 0\.5 surge\) = 60 at once.*60 × \(pool 10 \+ jobs 4 \+ console 4\) = 1080.*max_connections 300/s,
    remedy: /raise max_connections to \d{3}|Raise max_connections to \d{3}/,
    told: () => ({ deployment: { instances: 40, surge: 0.5 } }),
  },
  {
    check: "pool-budget",
    fault: "the instances that run leave no room for a deploy",
    severity: "error",
    says: /3 instances \(working on jobs now\) × \(1 \+ 0\.25 surge\) = 4 at once/,
    remedy: /Make the pool of each instance \d+ at most/,
    told: () => ({ deployment: { pool: 80 } }),
    ...bySql(
      `insert into ashlar.workers (host, pid, seen_at)
       select 'host', n, now() - case when n > 3 then interval '1 minute' else interval '0' end from generate_series(1, 5) n`,
      "delete from ashlar.workers",
    ),
  },
  {
    check: "pool-budget",
    fault: "the login may have few connections",
    severity: "error",
    says: /Role clinic may have fewer connections.*its CONNECTION LIMIT is 5; they take 36/s,
    remedy: /alter role "clinic" connection limit -1;/,
    ...bySql("alter role clinic connection limit 5", "alter role clinic connection limit -1"),
  },
];

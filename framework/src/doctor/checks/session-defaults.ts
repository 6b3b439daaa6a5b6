import { appCheck } from "../check.ts";
import type { Severity } from "../finding.ts";

interface Expectation {
  readonly name: string;
  readonly value: string;
  readonly severity: Severity;
  readonly why: string;
}

/** What the pool leaves to the server and would not work with. All else it sets itself, for every session. */
const EXPECTED: readonly Expectation[] = [
  { name: "default_transaction_read_only", value: "off", severity: "error", why: "every write fails" },
  {
    name: "session_replication_role",
    value: "origin",
    severity: "error",
    why: "foreign keys and triggers are off",
  },
  {
    name: "default_transaction_isolation",
    value: "read committed",
    severity: "warning",
    why: "statements and queues fail with serialization errors that nobody expects",
  },
  {
    name: "default_transaction_deferrable",
    value: "off",
    severity: "warning",
    why: "transactions may wait before they begin",
  },
  { name: "row_security", value: "on", severity: "warning", why: "statements on tables with policies fail" },
  {
    name: "idle_session_timeout",
    value: "0",
    severity: "warning",
    why: "the server cuts resting connections of the pool and the listener of the queues",
  },
  {
    name: "zero_damaged_pages",
    value: "off",
    severity: "error",
    why: "damaged data is replaced by nothing, silently",
  },
];

export const sessionDefaults = appCheck({
  id: "session-defaults",
  holds: "Nothing is set that fights the settings of the app's sessions",
  async look(app) {
    // What an administrator has set for himself is nothing of the app's.
    const server = await app.rows<{ name: string; value: string }>(
      `select name, setting as value from pg_settings
       where name = any ($1) and source not in ('user', 'database user', 'client')`,
      [EXPECTED.map(({ name }) => name)],
    );
    const own = await app.rows<{ place: string; setting: string; sql: string }>(
      `select case when s.setrole = 0 then 'database' when s.setdatabase = 0 then 'role' else 'role in database' end as place,
         setting,
         'alter ' || case when s.setrole = 0 then 'database ' || quote_ident(current_database())
           else 'role ' || s.setrole::regrole::text
             || case when s.setdatabase = 0 then '' else ' in database ' || quote_ident(current_database()) end
         end || ' reset ' || split_part(setting, '=', 1) as sql
       from pg_db_role_setting s cross join lateral unnest(s.setconfig) as setting
       where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
         and s.setrole in (0, to_regrole($1)::oid)
       order by s.setrole <> 0, s.setdatabase <> 0`,
      [`"${app.model.app}"`],
    );
    return EXPECTED.flatMap(({ name, value, severity, why }) => {
      const set = own.filter(({ setting }) => setting.startsWith(`${name}=`));
      // The last wins: of the role in this database, of the role, of the database, of the server.
      const last = set.at(-1);
      const effective =
        last?.setting.slice(name.length + 1) ?? server.find((each) => each.name === name)?.value;
      if (effective === undefined || effective === value || isSpelling(effective, value)) return [];
      const where = last === undefined ? "of the server" : `of the ${last.place}`;
      const sql =
        last === undefined
          ? `alter system set ${name} = '${value}'; select pg_reload_conf();`
          : `${last.sql};`;
      return [
        {
          severity,
          title: `The app's sessions start with ${name} = ${effective}`,
          evidence: [`a setting ${where}: ${why}`],
          remedy: sql,
        },
      ];
    });
  },
});

/** Booleans have more than one spelling in what was set. */
function isSpelling(effective: string, value: string): boolean {
  const spellings: Record<string, readonly string[]> = {
    on: ["on", "true", "yes", "1"],
    off: ["off", "false", "no", "0"],
    "0": ["0", "0s", "0ms", "0min"],
  };
  return spellings[value]?.includes(effective.toLowerCase()) ?? false;
}

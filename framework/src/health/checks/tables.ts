import { STATISTICS_SCHEMA } from "../../postgres/index.ts";
import type { Sign } from "../firing.ts";
import type { DatabaseCheck } from "../firing-check.ts";
import { DEAD_ROWS, isFullOfDeadRows, VACUUM_DUE } from "../table-vacuum.ts";

const MOST_SIGNS = 10;

export function tableBloat(): DatabaseCheck {
  return {
    id: "table-bloat",
    holds: "Vacuum keeps up with every table",
    of: "database",
    everyMs: 60_000,
    async look(session, { modules }) {
      const found = await session.rows<{
        schema: string;
        table: string;
        live: number;
        dead: number;
        due: number;
        last: number | null;
        oldest: number | null;
      }>(
        `select s.schemaname as schema, s.relname as table, n_live_tup::float8 as live, n_dead_tup::float8 as dead,
           ${VACUUM_DUE} as due,
           extract(epoch from now() - greatest(last_autovacuum, last_vacuum))::float8 as last,
           (select max(extract(epoch from now() - xact_start))::float8 from pg_stat_activity
            where datname = current_database() and backend_xmin is not null and pid <> pg_backend_pid()) as oldest
         from pg_stat_user_tables s join pg_class c on c.oid = s.relid
         where s.schemaname = any ($1::text[]) and n_dead_tup >= $2
         order by n_dead_tup desc limit 200`,
        [[...modules], DEAD_ROWS],
      );
      const bloated = found.filter(isFullOfDeadRows).slice(0, MOST_SIGNS);
      return bloated.map(({ schema, table, live, dead, due, last, oldest }): Sign => {
        const name = `${schema}.${table}`;
        return {
          subject: name,
          severity: "warning",
          title: `Table ${name} is full of dead rows and vacuum does not come`,
          evidence: [
            `${Math.round(dead)} dead rows beside ${Math.round(live)} live ones; autovacuum should act from ${Math.round(due)}`,
            last === null ? "it was never vacuumed" : `it was vacuumed last ${Math.round(last)} s ago`,
            ...(oldest !== null && oldest > 30
              ? [
                  `a transaction open for ${Math.round(oldest)} s keeps vacuum from clearing rows: see transaction-held`,
                ]
              : []),
          ],
          module: schema,
          actions: [
            {
              does: "Vacuum the table; readers and writers go on meanwhile",
              sql: `vacuum (analyze) "${schema}"."${table}";`,
            },
          ],
        };
      });
    },
  };
}

export interface MissingIndexLimits {
  /** Rows that a table must have. Default 10,000. */
  readonly rows?: number;
  /** Rows per second read by scans of the whole table. Default 50,000. */
  readonly rowsPerSecond?: number;
}

const FEWEST_SCANS = 3;
/** Two estimates, either of which may be missing or too high for a while. */
const LIVE = "least(nullif(n_live_tup, 0), nullif(greatest(c.reltuples, 0), 0))";

/** Suspects only: a scan of a whole table can be right, such as a report's or an export's. */
export function missingIndex(limits: MissingIndexLimits = {}): DatabaseCheck {
  const { rows: least = 10_000, rowsPerSecond = 50_000 } = limits;
  let before: { at: number; tables: Map<string, { scans: number; read: number }> } | null = null;
  return {
    id: "missing-index",
    holds: "No large table is read whole again and again",
    of: "database",
    everyMs: 30_000,
    async look(session, { modules, now }) {
      const found = await session.rows<{
        schema: string;
        table: string;
        live: number;
        scans: number;
        read: number;
      }>(
        `select s.schemaname as schema, s.relname as table, ${LIVE}::float8 as live,
           seq_scan::float8 as scans, seq_tup_read::float8 as read
         from pg_stat_user_tables s join pg_class c on c.oid = s.relid
         where s.schemaname = any ($1::text[]) and ${LIVE} >= $2
         order by seq_tup_read desc limit 200`,
        [[...modules], least],
      );
      const previous = before;
      const at = now();
      before = {
        at,
        tables: new Map(
          found.map(({ schema, table, scans, read }) => [`${schema}.${table}`, { scans, read }]),
        ),
      };
      if (previous === null) return [];
      const passed = Math.max(1, at - previous.at) / 1000;
      return found.flatMap(({ schema, table, live, scans, read }): Sign[] => {
        const name = `${schema}.${table}`;
        const then = previous.tables.get(name);
        if (then === undefined) return [];
        const more = scans - then.scans;
        const rate = (read - then.read) / passed;
        // Less than half of it each time: there was a limit, and it stopped early.
        if (more < FEWEST_SCANS || rate < rowsPerSecond || (read - then.read) / more < live / 2) return [];
        return [
          {
            subject: name,
            severity: "warning",
            title: `Table ${name} is read whole again and again: an index may be missing`,
            evidence: [
              `${more} scans of all its ${Math.round(live)} rows within ${Math.round(passed)} s, ${Math.round(rate)} rows a second`,
              "which statement it is, slow-statement may say; a report that reads everything is no fault",
            ],
            module: schema,
            actions: [
              {
                does: "See whether a foreign key has no index",
                command: "ashlar doctor --only foreign-key-indexes",
              },
              {
                does: "See which statements on it take longest",
                sql: `select calls, round(mean_exec_time) as ms, left(query, 200) from ${STATISTICS_SCHEMA}.pg_stat_statements where query like '%${table}%' order by total_exec_time desc limit 5;`,
              },
            ],
          },
        ];
      });
    },
  };
}

import pg from "pg";
import type { Cluster } from "../cluster.ts";
import type { Session } from "../table.ts";
import type { JobStorage } from "./system.ts";

export interface PostgresStorageParts {
  /** A database of the system's own, so that what happens in it is the system's doing. */
  readonly database: string;
  /** A select of one row, `unfinished`: a number. */
  readonly unfinished: string;
  readonly clear: string;
}

/** The database is made here; whose tables are in it is up to `lay`, which says what the processes need to know. */
export async function createPostgresStorage(
  session: Session,
  cluster: Cluster,
  { database, unfinished, clear }: PostgresStorageParts,
  lay: (url: string) => Promise<string>,
): Promise<JobStorage> {
  await cluster.admin(`create database ${database}`);
  const url = new URL(cluster.url);
  url.pathname = `/${database}`;
  const address = await lay(url.href);
  const connect = async () => {
    const client = new pg.Client({ connectionString: url.href, application_name: OBSERVER });
    await client.connect();
    session.atEnd(() => client.end());
    return client;
  };
  const observer = await connect();
  const historian = await connect();
  return {
    address,
    unfinished: async () => Number((await observer.query(unfinished)).rows[0].unfinished),
    clear: async () => {
      await observer.query(clear);
    },
    tidy: async () => {
      await observer.query("vacuum analyze");
    },
    holdSnapshot: async () => {
      await historian.query("begin isolation level repeatable read");
      await historian.query("select");
      return async () => {
        await historian.query("rollback");
      };
    },
    // The cluster's own connection asks, which is in another database.
    statements: () => statementsIn(cluster, database),
    connections: async () => {
      const rows = await cluster.admin(
        `select application_name as name, count(*)::int as connections from pg_stat_activity
         where datname = $1 and backend_type = 'client backend' and application_name <> $2 group by 1`,
        [database, OBSERVER],
      );
      return Object.fromEntries(rows.map(({ name, connections }) => [name, connections]));
    },
    measureCpu: () => cluster.measureCpu(),
  };
}

const OBSERVER = "bench observer";

/** Without those that only begin, end or set something. NaN where the server does not count them. */
async function statementsIn(cluster: Cluster, database: string): Promise<number> {
  try {
    const [row] = await cluster.admin(
      `select coalesce(sum(calls), 0) as calls from pg_stat_statements
       where dbid = (select oid from pg_database where datname = $1)`,
      [database],
    );
    return Number(row!.calls);
  } catch {
    return Number.NaN;
  }
}

import pg from "pg";
import { Pool, type PoolOptions, rolesOf } from "../../src/postgres/index.ts";
import { type Cluster, startCluster } from "./cluster.ts";

export const MODULES = ["identity", "catalog", "ordering", "billing"] as const;
export const [IDENTITY, CATALOG, ORDERING, BILLING] = MODULES.map(
  (module) => rolesOf("shop", module).app,
) as [string, string, string, string];
export const ROLES = [IDENTITY, CATALOG, ORDERING, BILLING];

/** Of the login `shop`. */
export const PASSWORD = "walled";

/** A server with the app `shop`: four modules with a table `items` each, and the login that owns nothing. */
export interface WalledCluster extends Cluster {
  /** As the superuser. */
  admin(sql: string): Promise<Record<string, unknown>[]>;
  /** A pool as the login `shop`; `port` may be that of a proxy. */
  pool(options?: Partial<PoolOptions>, port?: number): Pool;
}

export async function startWalledCluster(): Promise<WalledCluster> {
  const cluster = await startCluster();
  const admin = async (sql: string) => {
    const client = new pg.Client({ connectionString: cluster.url });
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await admin(walls());
  return {
    ...cluster,
    admin,
    pool: (options = {}, port = cluster.port) =>
      new Pool({
        connection: { host: cluster.host, port, database: "postgres", user: "shop", password: PASSWORD },
        ...options,
      }),
  };
}

function walls(): string {
  const perModule = MODULES.map((module) => {
    const { app } = rolesOf("shop", module);
    return `
      create role ${app};
      grant ${app} to shop with inherit false, set true;
      create schema ${module};
      create table ${module}.items (
        id integer primary key,
        name text not null,
        quantity integer check (quantity >= 0)
      );
      insert into ${module}.items select n, 'item ' || n, n from generate_series(1, 100) n;
      grant usage on schema ${module} to ${app};
      grant select, insert, update, delete on ${module}.items to ${app};`;
  });
  return `create role shop login noinherit password '${PASSWORD}'; ${perModule.join("\n")}`;
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Pool,
  type PoolOptions,
  prepareDatabase,
  rolesOf,
  type Statement,
} from "../../src/postgres/index.ts";
import { type AdminQuery, adminConnection } from "../../src/testing/admin-query.ts";
import { atEndOfFile } from "../../src/testing/end-of-file.ts";
import { startTestServer } from "../../src/testing/test-server.ts";

export const APP = "costtests";
export const ORDERING = rolesOf(APP, "ordering");
export const BILLING = rolesOf(APP, "billing");
export const WORKER = rolesOf(APP, "ashlar").app;

export interface CostDatabase {
  readonly url: string;
  readonly adminQuery: AdminQuery;
  /** As at the start of an instance. */
  prepare(): Promise<void>;
  /** As superuser, whatever it is. */
  admin(text: string): Promise<void>;
  newPool(options?: Partial<PoolOptions>): Pool;
}

/** The nth of any number of texts that PostgreSQL takes for different statements; another alias would not do. */
export function distinctStatement(n: number): Statement {
  return {
    text: `select ${Array(n + 1)
      .fill("id")
      .join(", ")} from billing.items`,
    values: [],
  };
}

/**
 * The modules ordering and billing, each with a table `items`, on a server of their own: who counts all statements of
 * a server needs one that nobody else keeps busy.
 */
export async function costDatabase(settings: Readonly<Record<string, string>> = {}): Promise<CostDatabase> {
  // As the embedded server has it in production; test servers count the stamps as well.
  const server = await startTestServer({
    settings: { "pg_stat_statements.track_utility": "off", ...settings },
  });
  atEndOfFile(() => server.stop());
  const first = adminConnection(server.url);
  await first.run("create database shop", []);
  await first.stop();
  const url = Object.assign(new URL(server.url), { pathname: "/shop" }).href;
  const migrations = mkdtempSync(join(tmpdir(), "ashlar-cost-"));
  atEndOfFile(async () => rmSync(migrations, { recursive: true }));
  writeFileSync(
    join(migrations, "0001_create_items.sql"),
    "create table items (id integer primary key, note text not null);",
  );
  const prepare = () =>
    prepareDatabase({
      adminUrl: url,
      model: {
        app: APP,
        modules: [
          { name: "ashlar", migrations: "", publishes: [], reads: [] },
          ...["ordering", "billing"].map((name) => ({ name, migrations, publishes: [], reads: [] })),
        ],
      },
    });
  const { connection } = await prepare();
  const admin = adminConnection(url);
  atEndOfFile(() => admin.stop());
  return {
    url,
    async prepare() {
      await prepare();
    },
    adminQuery: admin.query,
    admin: (text) => admin.run(text, []),
    newPool(options = {}) {
      const pool = new Pool({ connection, max: 4, ...options });
      atEndOfFile(() => pool.stop());
      return pool;
    },
  };
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Examination, examine, type Finding, type Machine } from "../../src/doctor/index.ts";
import { type DatabaseModule, prepareDatabase } from "../../src/postgres/index.ts";
import { atEndOfFile } from "../../src/testing/end-of-file.ts";
import { eventually, startTestServer } from "../../src/testing/index.ts";

export const APP = "clinic";

/** A machine on which nothing is wrong, whatever the tests run on. */
export const healthy: Machine = {
  nodeVersion: "24.21.0",
  pinned: [{ file: "package.json (devDependencies)", version: "24.21.0" }],
  cores: 4,
  threads: null,
  npmVersion: async () => "11.19.1",
  now: Date.now,
};

/** Of a server for production; the test server's own give up crash safety for speed. */
const SOUND = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  wal_level: "logical",
  max_wal_senders: "4",
  max_prepared_transactions: "4",
  track_io_timing: "on",
};

/** A server, an app of two modules in it, and everything about both as it should be. */
export interface Clinic {
  readonly url: string;
  /** Directory of the migrations of `ordering`. */
  readonly migrations: string;
  readonly modules: readonly DatabaseModule[];
  /** As superuser; every statement by itself. */
  sql(...statements: readonly string[]): Promise<Record<string, unknown>[]>;
  /** One more session, as superuser. Ended with the clinic, if not before. */
  session(): Promise<pg.Client>;
  examine(changed?: Partial<Examination>): Promise<Finding[]>;
  /** Sets something of the whole server and waits until new sessions have it; returns what undoes it. */
  set(name: string, value: string): Promise<() => Promise<void>>;
}

export async function openClinic(): Promise<Clinic> {
  const directory = mkdtempSync(join(tmpdir(), "ashlar-doctor-"));
  const server = await startTestServer({ settings: SOUND });
  const modules = ["catalog", "ordering"].map((name): DatabaseModule => {
    const migrations = join(directory, name);
    mkdirSync(migrations);
    return { name, migrations, publishes: [], reads: [] };
  });
  writeFileSync(
    join(directory, "catalog", "0001_create_products.sql"),
    "create table products (sku text primary key); create view listing as select sku from products;",
  );
  writeFileSync(
    join(directory, "ordering", "0001_create_orders.sql"),
    `create table orders (id bigint generated always as identity primary key, placed_at timestamptz);
     create table lines (order_id bigint references orders, line int, primary key (order_id, line));`,
  );
  const [catalog, ordering] = modules as [DatabaseModule, DatabaseModule];
  const model = [
    { ...catalog, publishes: ["listing"] },
    { ...ordering, reads: [{ module: "catalog", view: "listing" }] },
  ];
  const system = { name: "ashlar", migrations: "", publishes: [], reads: [] };
  const url = await makeDatabase(server.url, APP);
  await prepareDatabase({ adminUrl: url, model: { app: APP, modules: [system, ...model] } });

  const sessions: pg.Client[] = [];
  const session = async () => {
    const client = new pg.Client(url);
    client.on("error", () => {});
    await client.connect();
    sessions.push(client);
    return client;
  };
  const admin = await session();
  atEndOfFile(async () => {
    for (const client of sessions) await client.end();
    await server.stop();
    rmSync(directory, { recursive: true });
  });
  const shows = async (name: string) => {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query(`select current_setting('${name}') as value`);
    await client.end();
    return rows[0].value as string;
  };
  const clinic: Clinic = {
    url,
    migrations: ordering.migrations,
    modules: model,
    session,
    async sql(...statements) {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) rows = (await admin.query(statement)).rows;
      return rows;
    },
    examine: (changed = {}) =>
      examine({ machine: healthy, database: { url }, code: { modules: model }, ...changed }),
    async set(name, value) {
      const before = await shows(name);
      await clinic.sql(`alter system set ${name} = ${value}`, "select pg_reload_conf()");
      await eventually(`${name} is ${value}`, async () => (await shows(name)) !== before);
      return async () => {
        await clinic.sql(`alter system reset ${name}`, "select pg_reload_conf()");
        await eventually(`${name} is ${before} again`, async () => (await shows(name)) === before);
      };
    },
  };
  return clinic;
}

async function makeDatabase(server: string, name: string): Promise<string> {
  const client = new pg.Client(server);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

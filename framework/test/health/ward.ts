import pg from "pg";
import {
  type AnyFiringCheck,
  type Firing,
  HealthMonitor,
  objectives,
  type Scene,
} from "../../src/health/index.ts";
import { Pool, rolesOf, workerRole } from "../../src/postgres/index.ts";
import { atEndOfFile } from "../../src/testing/end-of-file.ts";
import { createTestDatabase, LOGIN_PASSWORD } from "../../src/testing/test-database.ts";

export const APP = "healthtests";
export const WORKER = workerRole(APP);
export const MODULES = ["billing", "ordering"];
export const INTERVAL_MS = 10_000;

/** An app's database, and those who look at it by a clock that the test moves. */
export interface Ward {
  readonly url: string;
  /** Of the app's login. */
  readonly loginUrl: string;
  readonly pool: Pool;
  /** As superuser; every statement by itself. */
  sql(...statements: readonly string[]): Promise<Record<string, unknown>[]>;
  /** One more session of the app's login; ended with the ward, if not before. */
  session(): Promise<pg.Client>;
  watch(checks: readonly AnyFiringCheck[], scene?: Partial<Scene>, url?: string): Watch;
}

export interface Watch {
  readonly monitor: HealthMonitor;
  /** So many rounds, ten seconds of the test's clock apart. */
  looks(rounds?: number): Promise<readonly Firing[]>;
  advance(ms: number): void;
}

export async function openWard(): Promise<Ward> {
  const database = await createTestDatabase({
    app: APP,
    modules: ["ashlar", ...MODULES].map((name) => ({ name, migrations: "", publishes: [], reads: [] })),
  });
  atEndOfFile(() => database.drop());
  const { hostname, port } = new URL(database.url);
  const address = {
    host: hostname,
    port: Number(port),
    database: database.name,
    user: APP,
    password: LOGIN_PASSWORD,
  };
  const loginUrl = `postgres://${APP}:${LOGIN_PASSWORD}@${hostname}:${port}/${database.name}`;
  const sessions: pg.Client[] = [];
  const open = async (url: string) => {
    const client = new pg.Client(url);
    client.on("error", () => {});
    await client.connect();
    sessions.push(client);
    return client;
  };
  const admin = await open(database.url);
  const pool = new Pool({ connection: address, max: 4 });
  const monitors: HealthMonitor[] = [];
  atEndOfFile(async () => {
    for (const monitor of monitors) await monitor.stop();
    await pool.stop();
    for (const client of sessions) await client.end();
  });
  await admin.query(`set role ${rolesOf(APP, "ordering").owner}`);
  await admin.query(
    "create table ordering.orders (id bigint generated always as identity primary key, customer int, state text)",
  );
  await admin.query("reset role");
  return {
    url: database.url,
    loginUrl,
    pool,
    async sql(...statements) {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) rows = (await admin.query(statement)).rows;
      return rows;
    },
    session: () => open(loginUrl),
    watch(checks, scene = {}, url = database.url) {
      let time = Date.now();
      const monitor = new HealthMonitor({
        checks,
        url,
        scene: {
          app: APP,
          modules: MODULES,
          pools: [],
          routeStats: null,
          objectives: objectives(),
          now: () => time,
          ...scene,
        },
      });
      monitors.push(monitor);
      return {
        monitor,
        async looks(rounds = 1) {
          for (let round = 0; round < rounds; round++) {
            time += INTERVAL_MS;
            await monitor.look();
          }
          return monitor.now().firing;
        },
        advance(ms) {
          time += ms;
        },
      };
    },
  };
}

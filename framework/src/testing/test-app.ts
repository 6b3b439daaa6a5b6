import type { Logger } from "pino";
import {
  type App,
  type AppParts,
  type Authenticate,
  type CallMode,
  createApp,
  type Module,
  type Randomness,
} from "../module/index.ts";
import { Pool, type PoolOptions } from "../postgres/index.ts";
import { type AdminConnection, type AdminQuery, adminConnection } from "./admin-query.ts";
import { atEndOfFile } from "./end-of-file.ts";
import type { FakeModule } from "./fake.ts";
import { addToRun, observerOfRun } from "./observed-run.ts";
import { type TestClock, testClock } from "./test-clock.ts";
import { createTestDatabase, fingerprintOf, LOGIN_PASSWORD, type TestDatabase } from "./test-database.ts";
import { type TestJobs, testJobs } from "./test-jobs.ts";
import { testRandomness } from "./test-randomness.ts";

/** Chooses how calls between modules run in tests that do not say: `direct` (the default) or `serialised`. */
export const CALLS_VARIABLE = "ASHLAR_CALLS";

export interface TestAppParts {
  readonly modules: readonly Module[];
  /** Stand-ins for modules that those under test use; see `fake`. */
  readonly fakes?: readonly FakeModule[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly authenticate?: Authenticate;
  /** What the modules' ports are connected to. */
  readonly adapters?: AppParts["adapters"];
  /** `inline`: what an operation enqueued and published is carried out before `execute` returns. */
  readonly jobs?: AppParts["jobs"];
  readonly calls?: CallMode;
  /** Unless given, one that no other set of modules has, so that tests share a server and no role. */
  readonly name?: string;
  readonly clock?: TestClock;
  readonly randomness?: Randomness;
  readonly log?: Logger;
  readonly poolOptions?: Omit<PoolOptions, "connection" | "strictGate">;
}

/** An app on a database of its own. */
export interface TestApp {
  readonly app: App;
  readonly clock: TestClock;
  /** What the app would do in the background; nothing of it happens by itself. */
  readonly jobs: TestJobs;
  /** The database, as superuser. */
  readonly databaseUrl: string;
  readonly adminQuery: AdminQuery;
  /**
   * Stops the app, refuses connections that are left over and drops the database. Comes by itself at the end of
   * the test file; a test calls it only to go on without the app.
   */
  stop(): Promise<void>;
}

let apps = 0;

/**
 * Starts an app of real modules, and of fakes for those left out, on a freshly cloned database under the real
 * roles and grants. Call it once per file, at the top or in `before`, and make each test's rows its own: to clone
 * takes longer than most tests.
 */
export async function testApp(parts: TestAppParts): Promise<TestApp> {
  const { fakes = [], clock = testClock(), poolOptions } = parts;
  const { authenticate, log, adapters, jobs, settings = {} } = parts;
  const composed: Omit<AppParts, "name"> = {
    modules: [...parts.modules, ...fakes],
    settings,
    calls: parts.calls ?? callsFromEnvironment(),
    clock,
    randomness: parts.randomness ?? testRandomness(`app ${++apps}`),
    observer: observerOfRun(callsFromEnvironment()),
    ...(authenticate === undefined ? {} : { authenticate }),
    ...(log === undefined ? {} : { log }),
    ...(adapters === undefined ? {} : { adapters }),
    ...(jobs === undefined ? {} : { jobs }),
  };
  const app = createApp({ ...composed, name: parts.name ?? nameFor(composed) });
  const database = await createTestDatabase(app.databaseModel);
  const admin = adminConnection(database.url);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= (async () => {
      try {
        await app.stop();
        addToRun(app);
        await admin.stop();
      } finally {
        await database.drop();
      }
    })();
    return stopped;
  };
  atEndOfFile(stop);
  for (const { fakeRows } of fakes) await insertRows(admin, fakeRows);
  await app.start({ pool: new Pool({ ...poolOptions, connection: loginOf(app, database) }) });
  return { app, clock, jobs: testJobs(app, admin), databaseUrl: database.url, adminQuery: admin.query, stop };
}

/** Postgres' roles belong to the whole server, so two sets of modules must not share an app's name. */
function nameFor(parts: Omit<AppParts, "name">): string {
  return `test_${fingerprintOf(createApp({ ...parts, name: "test" }).databaseModel)}`;
}

function callsFromEnvironment(): CallMode {
  const given = process.env[CALLS_VARIABLE] ?? "";
  if (given === "" || given === "direct") return "direct";
  if (given === "serialised") return given;
  throw new Error(`${CALLS_VARIABLE} is ${JSON.stringify(given)}; it can be "direct" or "serialised".`);
}

async function insertRows(admin: AdminConnection, fakeRows: FakeModule["fakeRows"]): Promise<void> {
  for (const { table, rows } of fakeRows) {
    if (rows.length === 0) continue;
    // The table's name is made of names that the contract has checked.
    await admin.run(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(rows),
    ]);
  }
}

function loginOf(app: App, database: TestDatabase): PoolOptions["connection"] {
  const { hostname, port } = new URL(database.url);
  return {
    host: hostname,
    port: Number(port),
    database: database.name,
    user: app.name,
    password: LOGIN_PASSWORD,
  };
}

import { createQueuePool, type JobGates, JobStore, type NewJob } from "ashlar/jobs";
import { Pool, type Statement, type Transaction, workerRole } from "ashlar/postgres";
import { createTestDatabase, testServerUrl } from "ashlar/testing";
import { adminConnection } from "../../../src/testing/admin-query.ts";
import { atEndOfFile } from "../../../src/testing/end-of-file.ts";
import { LOGIN_PASSWORD } from "../../../src/testing/test-database.ts";

/** A keyword of SQL, as a module may be called. */
export const MODULE = "user";
const APP = "queue_lab";
export const ROLE = workerRole(APP);

export interface QueueLab {
  readonly store: JobStore;
  readonly pool: Pool;
  /** What the code says about limits; tests change it. */
  readonly maxima: { limit: number | undefined; rate: { maximum: number; perMs: number } | undefined };
  readonly clock: { now: Date | null };
  readonly execute: <Row = Record<string, unknown>>(
    statement: Statement,
  ) => Promise<{ rows: Row[]; rowCount: number }>;
  readonly admin: ReturnType<typeof adminConnection>["query"];
  readonly databaseUrl: string;
  begin(): { transaction: Transaction; execute: QueueLab["execute"] };
  /** Enqueues plain jobs made from `parts` and returns their numbers. */
  put(...jobs: Partial<NewJob>[]): Promise<number[]>;
  /** Removes every row. */
  clear(): Promise<void>;
}

export async function queueLab(): Promise<QueueLab> {
  const database = await createTestDatabase({
    app: APP,
    modules: ["ashlar", MODULE].map((name) => ({ name, migrations: "", publishes: [], reads: [] })),
  });
  const { hostname, port } = new URL(await testServerUrl());
  const connection = {
    host: hostname,
    port: Number(port),
    database: database.name,
    user: APP,
    password: LOGIN_PASSWORD,
  };
  const pool = createQueuePool(connection, { app: APP });
  const clients = new Pool({ connection, max: 12 });
  const admin = adminConnection(database.url);
  atEndOfFile(async () => {
    await pool.stop();
    await clients.stop();
    await admin.stop();
    await database.drop();
  });
  const maxima: QueueLab["maxima"] = { limit: undefined, rate: undefined };
  const clock: QueueLab["clock"] = { now: null };
  const gates: JobGates = { limit: () => maxima.limit, rate: () => maxima.rate };
  const store = new JobStore({ app: APP, module: MODULE, pool, clock: () => clock.now, gates });
  const execute: QueueLab["execute"] = (statement) => clients.execute(ROLE, statement);
  return {
    store,
    pool,
    maxima,
    clock,
    execute,
    admin: admin.query,
    databaseUrl: database.url,
    begin() {
      const transaction = clients.begin();
      return { transaction, execute: (statement) => transaction.execute(ROLE, statement) };
    },
    async put(...jobs) {
      const enqueued = await store.enqueue(execute, jobs.map(aJob));
      return enqueued.map(({ id }) => numberOf(id));
    },
    async clear() {
      await admin.query`truncate "user"._jobs, "user"._finished_jobs, "user"._dead_jobs, "user"._job_dependencies,
        "user"._job_gates, "user"._job_permits, "user"._job_periods, "user"._job_cancellations, "user"._paused_queues`;
      maxima.limit = undefined;
      maxima.rate = undefined;
      clock.now = null;
    },
  };
}

export function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}

export function aJob(parts: Partial<NewJob> = {}): NewJob {
  return {
    kind: "sendLetter",
    queue: "default",
    priority: 0,
    payload: "{}",
    maxAttempts: 3,
    delayMs: null,
    runAt: null,
    timeoutMs: null,
    unique: null,
    orderKey: null,
    limitKey: null,
    rateKey: null,
    tenant: null,
    isFair: false,
    tags: null,
    after: null,
    origin: null,
    traceId: null,
    ...parts,
  };
}

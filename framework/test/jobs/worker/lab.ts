import {
  type Attempt,
  type AttemptResult,
  type BackgroundTask,
  type ModuleJobs,
  Wake,
  Worker,
  type WorkerOptions,
} from "../../../src/jobs/index.ts";
import { JobStore } from "../../../src/jobs/store/job-store.ts";
import type { NewJob } from "../../../src/jobs/store/new-job.ts";
import { createQueuePool } from "../../../src/jobs/worker/queue-pool.ts";
import { type ConnectionAddress, type Pool, rolesOf, workerRole } from "../../../src/postgres/index.ts";
import { type AdminQuery, adminConnection } from "../../../src/testing/admin-query.ts";
import { atEndOfFile } from "../../../src/testing/end-of-file.ts";
import { eventually } from "../../../src/testing/index.ts";
import { createTestDatabase, LOGIN_PASSWORD } from "../../../src/testing/test-database.ts";

/** One name and one set of modules for all files that use the lab, since roles belong to the whole server. */
const APP = "worker_lab";
export const MODULES = ["shipping", "user"] as const;
export type LabModule = (typeof MODULES)[number];

export type Handler = (payload: never, attempt: Attempt) => unknown;

export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** One process's share: its pool, its wake, and a worker. */
export interface Instance {
  readonly worker: Worker;
  readonly wake: Wake;
  readonly pool: Pool;
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly log: readonly LogEntry[];
  /** Stops all of it; the worker in a hurry. */
  stop(): Promise<void>;
}

/** What a process without a worker has. */
export type Producer = Pick<Instance, "pool" | "wake" | "stores" | "stop">;

export interface InstanceParts {
  /** By kind, the same for all modules. */
  readonly handlers?: Readonly<Record<string, Handler>>;
  readonly queues?: Partial<Record<LabModule, ModuleJobs["queues"]>>;
  readonly tasks?: readonly BackgroundTask[];
  readonly options?: WorkerOptions;
  /** Another way to the server, such as a proxy. */
  readonly port?: number;
}

export interface Lab {
  readonly admin: AdminQuery;
  readonly address: ConnectionAddress;
  /** Starts a worker as another process would. */
  start(parts?: InstanceParts): Promise<Instance>;
  producer(): Promise<Producer>;
  /** Enqueues with the store alone, ringing nothing. Returns the ids. */
  enqueue(kind: string, jobs: readonly NewJobParts[]): Promise<number[]>;
  /** Enqueues any number of plain jobs of `shipping`, with one statement. */
  insertMany(kind: string, count: number): Promise<void>;
  /** Waits until a job has ended, other than by death. */
  finished(module: LabModule, id: number): Promise<FinishedJob>;
  /** Waits until an attempt at an unfinished job has failed. */
  lastErrorOf(module: LabModule, id: number): Promise<unknown>;
  /** Waits until some worker's heart has beaten so many times more. */
  beats(count: number): Promise<void>;
}

export interface FinishedJob {
  readonly state: string;
  readonly attempt: number;
  readonly output: unknown;
}

/** A promise that a test resolves. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

export interface NewJobParts extends Partial<NewJob> {
  readonly module?: LabModule;
  readonly value?: unknown;
}

/** A database of its own for the file, with two modules. */
export async function startLab(): Promise<Lab> {
  const model = {
    app: APP,
    modules: ["ashlar", ...MODULES].map((name) => ({ name, migrations: "", publishes: [], reads: [] })),
  };
  const database = await createTestDatabase(model);
  const admin = adminConnection(database.url);
  atEndOfFile(async () => {
    await admin.stop();
    await database.drop();
  });
  const { hostname, port } = new URL(database.url);
  const address: ConnectionAddress = {
    host: hostname,
    port: Number(port),
    database: database.name,
    user: APP,
    password: LOGIN_PASSWORD,
  };
  let outside: Promise<Producer> | undefined;
  const lab: Lab = {
    admin: admin.query,
    address,
    async start(parts = {}) {
      const instance = await startInstance(address, parts);
      // For tests that fail half-way.
      atEndOfFile(() => instance.stop());
      return instance;
    },
    async producer() {
      const pool = createQueuePool(address, { app: APP });
      const wake = new Wake({ pool, role: workerRole(APP) });
      const stop = async () => {
        await wake.stop();
        await pool.stop();
      };
      atEndOfFile(stop);
      return { pool, wake, stores: storesOn(pool), stop };
    },
    async enqueue(kind, jobs) {
      outside ??= lab.producer();
      const { pool, stores } = await outside;
      const ids: number[] = [];
      for (const job of jobs) {
        const module = job.module ?? "shipping";
        const { app: role } = rolesOf(APP, module);
        const [enqueued] = await stores
          .get(module)!
          .enqueue((text) => pool.execute(role, text), [newJob(kind, job)]);
        ids.push(Number(enqueued!.id.split(":")[1]));
      }
      return ids;
    },
    async insertMany(kind, count) {
      await admin.query`insert into shipping._jobs (id, seq, queue, kind, payload, max_attempts)
        select id, id, 'default', ${kind}, '{}', 20
        from (select nextval('shipping._job_ids') as id from generate_series(1, ${count}::int)) as new`;
    },
    finished: (module, id) =>
      eventually(`${module}:${id} is finished`, async () => {
        const [row] =
          module === "user"
            ? await admin.query<FinishedJob>`select state, attempt, output from "user"._finished_jobs where id = ${id}`
            : await admin.query<FinishedJob>`select state, attempt, output from shipping._finished_jobs where id = ${id}`;
        return row;
      }),
    async lastErrorOf(_, id) {
      const code = await eventually(`an attempt at ${id} has failed`, async () => {
        const [row] = await admin.query<{ code: string | null }>`
          select errors -> -1 ->> 'code' as code from shipping._jobs where id = ${id}`;
        return row?.code;
      });
      return code;
    },
    async beats(count) {
      let last = "";
      for (let beat = 0; beat <= count; beat++) {
        last = await eventually("a heart beats", async () => {
          const [row] = await admin.query<{
            at: string;
          }>`select max(seen_at)::text as at from ashlar.workers`;
          return row!.at !== last ? row!.at : undefined;
        });
      }
    },
  };
  return lab;
}

export async function startInstance(address: ConnectionAddress, parts: InstanceParts): Promise<Instance> {
  const { handlers = {}, queues = {}, tasks = [], options = {} } = parts;
  const at = { ...address, port: parts.port ?? address.port };
  const pool = createQueuePool(at, { app: APP });
  const wake = new Wake({ pool, role: workerRole(APP) });
  const stores = storesOn(pool);
  const log: LogEntry[] = [];
  const write = (level: LogEntry["level"]) => (fields: object, message: string) => {
    log.push({ level, message, fields: fields as Record<string, unknown> });
  };
  const worker = await Worker.start({
    app: APP,
    ...{ pool, address: at, wake, stores, tasks, options },
    modules: MODULES.map((module) => ({
      module,
      queues: queues[module] ?? { default: { concurrency: 10 } },
      weight: 1,
      perform: performWith(handlers),
    })),
    log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
  });
  return {
    ...{ worker, wake, pool, stores, log },
    async stop() {
      void worker.stop();
      await worker.stop();
      await wake.stop();
      await pool.stop();
    },
  };
}

function storesOn(pool: Pool): ReadonlyMap<string, JobStore> {
  const gates = { limit: () => undefined, rate: () => undefined };
  return new Map(
    MODULES.map((module) => [module, new JobStore({ app: APP, module, pool, clock: () => null, gates })]),
  );
}

function performWith(handlers: Readonly<Record<string, Handler>>) {
  return async (attempt: Attempt): Promise<AttemptResult> => {
    const handler = handlers[attempt.job.kind];
    try {
      if (handler === undefined) throw new Error(`no handler for ${attempt.job.kind}`);
      const result = await handler(attempt.job.payload as never, attempt);
      if (typeof result === "object" && result !== null && "kind" in result) return result as AttemptResult;
      return { kind: "completed", output: result, isSettled: false };
    } catch (error) {
      return { kind: "failed", error, retryAfterMs: 60_000 };
    }
  };
}

function newJob(kind: string, { module: _, value = null, ...given }: NewJobParts): NewJob {
  return {
    ...{ kind, queue: "default", priority: 0, payload: JSON.stringify(value), maxAttempts: 20 },
    ...{
      delayMs: null,
      runAt: null,
      timeoutMs: null,
      unique: null,
      orderKey: null,
      limitKey: null,
      rateKey: null,
    },
    ...{ tenant: null, isFair: false, tags: null, after: null, origin: null, traceId: null },
    ...given,
  } as NewJob;
}

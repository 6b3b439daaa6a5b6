import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { WorkerOptions } from "../../src/jobs/index.ts";
import type { App } from "../../src/module/index.ts";
import { DatabaseError, Pool } from "../../src/postgres/index.ts";
import { AdminPool } from "./admin-pool.ts";
import { millApp } from "./app/mill.ts";
import { type InstanceParts, InstanceProcess } from "./instance-process.ts";
import { Supervisor } from "./supervisor.ts";
import { OwnServer, sharedDatabase, type TrialDatabase } from "./trial-database.ts";
import { until } from "./until.ts";

type InstanceOptions = Partial<Omit<InstanceParts, "connection" | "name">>;

/** One test's database, its processes, and an app in this process that enqueues and publishes but does not work. */
export class Trial {
  readonly app: App;
  readonly database: TrialDatabase;
  readonly #work: WorkerOptions;
  readonly #processes = new Set<InstanceProcess>();
  readonly #supervisors: Supervisor[] = [];
  readonly #admin: AdminPool;

  private constructor(app: App, database: TrialDatabase, work: WorkerOptions) {
    this.app = app;
    this.database = database;
    this.#work = work;
    this.#admin = new AdminPool(database.url);
  }

  /** `work`: how all instances work unless told otherwise. What the trial started is ended with the test. */
  static async start(
    test: TestContext,
    { ownServer = false, work = {} }: { ownServer?: boolean; work?: WorkerOptions } = {},
  ): Promise<Trial> {
    const app = millApp("outside");
    const database = ownServer ? await OwnServer.start(app) : await sharedDatabase(app);
    const trial = new Trial(app, database, work);
    test.after(() => trial.#stop());
    await app.start({ pool: new Pool({ connection: database.connection }) });
    return trial;
  }

  /** Only where the trial was started with a server of its own. */
  get server(): OwnServer {
    return this.database as OwnServer;
  }

  instance(name: string, options: InstanceOptions = {}): InstanceProcess {
    const { connection } = this.database;
    const instance = new InstanceProcess({
      schedules: 0,
      waits: false,
      ...options,
      name,
      connection,
      work: { ...this.#work, ...options.work },
    });
    this.#processes.add(instance);
    void instance.ended.then(() => this.#processes.delete(instance));
    return instance;
  }

  /** An instance that comes back whenever it ends. */
  supervised(name: string, options: InstanceOptions = {}): Supervisor {
    const supervisor = new Supervisor(() => this.instance(name, options));
    this.#supervisors.push(supervisor);
    return supervisor;
  }

  /** As superuser, past all walls. */
  async rows<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return await this.#admin.rows<Row>(text, values);
  }

  async number(text: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.rows<Record<string, unknown>>(text, values);
    return Number(Object.values(row!)[0]);
  }

  /** Resolves once every job of the three modules has ended; says how long that took. */
  async allDone(withinMs = 20_000): Promise<number> {
    const since = performance.now();
    let left = -1;
    await until(
      "all jobs have ended",
      async () => {
        left =
          await this.number(`select (select count(*) from mill._jobs) + (select count(*) from bakery._jobs)
          + (select count(*) from office._jobs)`);
        return left === 0;
      },
      withinMs,
    ).catch(async (error: Error) => {
      const jobs = await this.rows(`
        select id, kind, seq, worker, attempt, crashes, run_at, order_key, errors -> -1 as error from mill._jobs
        union all
        select id, kind, seq, worker, attempt, crashes, run_at, order_key, errors -> -1 from bakery._jobs
        union all
        select id, kind, seq, worker, attempt, crashes, run_at, order_key, errors -> -1 from office._jobs
        order by seq limit 10`);
      error.message += ` ${left} are left: ${JSON.stringify(jobs)}\n${this.#outputs()}`;
      throw error;
    });
    return performance.now() - since;
  }

  #outputs(): string {
    return [...this.#processes].map(({ name, output }) => `--- ${name}\n${output.slice(-4_000)}`).join("\n");
  }

  async #stop(): Promise<void> {
    for (const supervisor of this.#supervisors) supervisor.release();
    await Promise.all([...this.#processes].map((instance) => instance.kill()));
    await this.app.stop();
    await this.#admin.stop();
    await this.database.stop();
  }
}

/** Sends again what the database could not be asked for; what may have taken effect is not sent again. */
export async function unlessUnavailable<T>(send: () => Promise<T>): Promise<T | null> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (error.code === "ASHLAR_COMMIT_OUTCOME_UNKNOWN") return null;
      if (!error.retryable) throw error;
      await delay(20);
    }
  }
}

import { after } from "node:test";
import { Type } from "ashlar/contract";
import { createTestDatabase } from "ashlar/testing";
import pg from "pg";
import { jobDeclaration, type ScheduleDeclaration, type ScheduleTiming } from "../../../src/jobs/index.ts";
import { scheduleTask, syncSchedules } from "../../../src/jobs/schedules/schedules.ts";
import { JobStore } from "../../../src/jobs/store/job-store.ts";
import { Pool } from "../../../src/postgres/index.ts";
import { LOGIN_PASSWORD } from "../../../src/testing/test-database.ts";

const APP = "schedules_lab";
export const MODULE = "billing";
const nothing = { migrations: "", publishes: [], reads: [] };

export const reconcile = jobDeclaration(MODULE, "reconcile", Type.Object({ day: Type.String() }), {
  queue: "default",
});

export function schedule(name: string, timing: ScheduleTiming): ScheduleDeclaration {
  return { name, module: MODULE, job: reconcile, payload: { day: name }, timing };
}

export interface EnqueuedTime {
  readonly schedule: string;
  readonly scheduledFor: string;
}

/** A database with one module's queue, and any number of instances that schedule on it. */
export async function scheduleScene() {
  const database = await createTestDatabase({
    app: APP,
    modules: [
      { name: "ashlar", ...nothing },
      { name: MODULE, ...nothing },
    ],
  });
  const { hostname, port } = new URL(database.url);
  const connection = {
    host: hostname,
    port: Number(port),
    database: database.name,
    user: APP,
    password: LOGIN_PASSWORD,
  };
  const admin = new pg.Client(database.url);
  await admin.connect();
  const pools: Pool[] = [];
  after(async () => {
    for (const pool of pools) await pool.stop();
    await admin.end();
    await database.drop();
  });

  const scene = {
    admin,
    /** What every instance takes for the time; null leaves it to the database. */
    now: null as Date | null,
    rung: [] as string[],
    pool() {
      const pool = new Pool({ connection, max: 3 });
      pools.push(pool);
      return pool;
    },
    /** One instance; `change` puts something else in place of its parts. */
    instance(
      schedules: readonly ScheduleDeclaration[],
      change: { pool?: Pool; store?: (store: JobStore) => Pick<JobStore, "enqueue"> } = {},
    ) {
      const pool = change.pool ?? scene.pool();
      const clock = () => scene.now;
      const store = new JobStore({
        app: APP,
        module: MODULE,
        pool,
        clock,
        gates: { limit: () => undefined, rate: () => undefined },
      });
      const parts = { app: APP, pool, module: MODULE, schedules, clock };
      const task = scheduleTask({
        ...parts,
        queues: {},
        store: change.store?.(store) ?? store,
        wake: { ring: (topics) => scene.rung.push(...topics) },
      });
      return {
        sync: () => syncSchedules(parts),
        task,
        /** Runs the task for as long as it has more to do. */
        async runAll() {
          while (await task.run());
        },
        async isDue() {
          const { rows } = await pool.execute<{ due: boolean }>(`${APP}_ashlar_app`, {
            text: `select ${task.due} as due`,
            values: [],
          });
          return rows[0]!.due;
        },
      };
    },
    async enqueued(): Promise<EnqueuedTime[]> {
      const { rows } = await admin.query<{ origin: EnqueuedTime }>(
        `select origin from ${MODULE}._jobs order by id`,
      );
      return rows.map(({ origin }) => origin);
    },
    async rows() {
      const { rows } = await admin.query(`select * from ${MODULE}._schedules order by name`);
      return rows;
    },
    async clear() {
      scene.now = null;
      scene.rung.length = 0;
      await admin.query(
        `delete from ${MODULE}._jobs; delete from ${MODULE}._schedules; delete from ashlar.workers`,
      );
    },
  };
  return scene;
}

import { after } from "node:test";
import { createTestDatabase } from "ashlar/testing";
import pg from "pg";
import { QueueAdministration } from "../../../src/jobs/administration/administration.ts";

const nothing = { migrations: "", publishes: [], reads: [] };

export interface StoredJob {
  readonly table?: "_jobs" | "_dead_jobs" | "_finished_jobs";
  readonly [column: string]: unknown;
}

/** A database with two queues, one in a schema that has to be quoted, and an administration over it. */
export async function queueScene(app = "queue_lab") {
  const database = await createTestDatabase({
    app,
    modules: [
      { name: "ashlar", ...nothing },
      { name: "billing", ...nothing },
      { name: "user", ...nothing },
    ],
  });
  const admin = new pg.Client(database.url);
  await admin.connect();
  const administration = await QueueAdministration.open(database.url);
  after(async () => {
    await administration.close();
    await admin.end();
    await database.drop();
  });
  const scene = {
    admin,
    administration,
    url: database.url,
    /** Stores a job as it might stand there, and returns its number. */
    async put(module: string, { table = "_jobs", ...columns }: StoredJob = {}): Promise<number> {
      const { rows } = await admin.query<{ id: string }>(`select nextval('"${module}"._job_ids') as id`);
      const id = Number(rows[0]!.id);
      const all: Record<string, unknown> = {
        id,
        queue: "default",
        kind: "pay",
        payload: "{}",
        ...(table === "_finished_jobs"
          ? { state: "completed", priority: 0, attempt: 1, crashes: 0, enqueued_at: new Date() }
          : { seq: id, max_attempts: 20 }),
        ...columns,
      };
      const names = Object.keys(all);
      await admin.query(
        `insert into "${module}".${table} (${names.join(", ")}) values (${names.map((_, index) => `$${index + 1}`).join(", ")})`,
        Object.values(all),
      );
      return id;
    },
    async rows(module: string, table: string): Promise<Record<string, unknown>[]> {
      return (await admin.query(`select * from "${module}".${table} order by 1`)).rows;
    },
    async ids(module: string, table: string): Promise<number[]> {
      return (await admin.query(`select id::integer from "${module}".${table} order by id`)).rows.map(
        ({ id }) => id,
      );
    },
    async clear() {
      for (const module of ["billing", "user"]) {
        for (const table of [
          "_jobs",
          "_dead_jobs",
          "_finished_jobs",
          "_job_dependencies",
          "_job_cancellations",
          "_job_permits",
          "_job_gates",
          "_paused_queues",
          "_schedules",
        ]) {
          await admin.query(`delete from "${module}".${table}`);
        }
      }
      await admin.query("delete from ashlar.workers");
    },
  };
  return scene;
}

export const failure = (code: string, message: string) =>
  JSON.stringify([
    { attempt: 1, at: "2026-05-04T10:00:00Z", code: "FIRST", message: "of no interest" },
    { attempt: 2, at: "2026-05-04T10:01:00Z", code, message },
  ]);

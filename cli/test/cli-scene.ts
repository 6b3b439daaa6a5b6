import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { createTestDatabase } from "ashlar/testing";
import pg from "pg";

export const BINARY = fileURLToPath(new URL("../bin/ashlar.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly node?: string;
}

/** Runs the program as a process of its own, to its end, with nothing of this one's environment. */
export async function ashlar(words: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const { environment = {}, cwd = tmpdir(), node = process.execPath } = surroundings;
  const { PATH, HOME } = process.env;
  const child = spawn(node, [BINARY, ...words], {
    cwd,
    env: { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

const nothing = { migrations: "", publishes: [], reads: [] };

export interface StoredJob {
  readonly table?: "_jobs" | "_dead_jobs" | "_finished_jobs";
  readonly [column: string]: unknown;
}

/** A database with the queues of two modules, and the program called on it. */
export async function cliScene() {
  const database = await createTestDatabase({
    app: "cli_lab",
    modules: [
      { name: "ashlar", ...nothing },
      { name: "billing", ...nothing },
      { name: "ordering", ...nothing },
    ],
  });
  const admin = new pg.Client(database.url);
  await admin.connect();
  after(async () => {
    await admin.end();
    await database.drop();
  });
  return {
    admin,
    url: database.url,
    run: (...words: string[]) => ashlar(words, { environment: { DATABASE_URL: database.url } }),
    /** Stores a job as it might stand there, and returns its id. */
    async put(module: string, { table = "_jobs", ...columns }: StoredJob = {}): Promise<string> {
      const { rows } = await admin.query<{ id: string }>(`select nextval('${module}._job_ids') as id`);
      const id = rows[0]!.id;
      const all: Record<string, unknown> = {
        id,
        queue: "default",
        kind: "capturePayment",
        payload: '{"order":"o-1"}',
        ...(table === "_finished_jobs"
          ? { state: "completed", priority: 0, attempt: 1, crashes: 0, enqueued_at: new Date() }
          : { seq: id, max_attempts: 20 }),
        ...columns,
      };
      const names = Object.keys(all);
      await admin.query(
        `insert into ${module}.${table} (${names.join(", ")}) values (${names.map((_, index) => `$${index + 1}`).join(", ")})`,
        Object.values(all),
      );
      return `${module}:${id}`;
    },
    async count(table: string): Promise<number> {
      const { rows } = await admin.query<{ count: number }>(
        `select count(*)::integer as count from ${table}`,
      );
      return rows[0]!.count;
    },
    async clear(): Promise<void> {
      for (const module of ["billing", "ordering"]) {
        for (const table of [
          "_jobs",
          "_dead_jobs",
          "_finished_jobs",
          "_paused_queues",
          "_schedules",
          "_subscriptions",
        ]) {
          await admin.query(`delete from ${module}.${table}`);
        }
      }
    },
  };
}

export const failure = (code: string, message: string) =>
  JSON.stringify([{ attempt: 1, at: "2026-05-04T10:00:00Z", code, message }]);

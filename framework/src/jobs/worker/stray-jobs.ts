import pg from "pg";
import type { Pool } from "../../postgres/index.ts";

/**
 * Gives back the jobs of a queue that a worker has claimed and does not know of: the connection died before it heard
 * the answer. Reads the whole queue, since no index tells who holds a job.
 */
export async function releaseStrays(
  pool: Pool,
  role: string,
  strays: {
    readonly module: string;
    readonly queue: string;
    readonly worker: number;
    readonly known: Iterable<number>;
  },
): Promise<void> {
  await pool.execute(role, {
    text: `update ${pg.escapeIdentifier(strays.module)}._jobs
      set worker = null, attempt = attempt - 1
      where queue = $1 and run_at is null and worker = $2 and id <> all ($3::bigint[])`,
    values: [strays.queue, strays.worker, [...strays.known]],
  });
}

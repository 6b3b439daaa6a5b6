import type { Cluster } from "../cluster.ts";
import type { Reading, Row } from "../harness.ts";
import { type Benched, fill } from "./benched.ts";
import type { Drained } from "./queue-process.ts";

export const BACKLOG_ROW = "claims from a short and a long queue";
export const CLAIM_UNIT = "claim µs/job (postgres)";

/** A queue of Ashlar's with so many jobs in it, in a database of its own. */
export interface Backlog {
  readonly benched: Benched;
  readonly database: string;
  readonly pending: number;
}

export function backlogName(pending: number): string {
  return `ashlar, ${pending.toLocaleString("en")} pending`;
}

/** The first is the short one, which the others are divided by. */
export function backlogRow(cluster: Cluster, all: readonly Backlog[], taken: number): Row {
  return {
    row: BACKLOG_ROW,
    against: backlogName(all[0]!.pending),
    contenders: all.map((backlog) => ({
      system: backlogName(backlog.pending),
      measure: () => takeFrom(cluster, backlog, taken),
    })),
  };
}

/** Takes some jobs off the queue. What the server needs for the claims alone is what it counted for the statement. */
async function takeFrom(cluster: Cluster, backlog: Backlog, taken: number): Promise<Reading> {
  const { benched, database } = backlog;
  await topUp(backlog);
  await cluster.admin(
    "select pg_stat_statements_reset(0, (select oid from pg_database where datname = $1), 0)",
    [database],
  );
  const { firstAt, doneAt } = await benched.worker.ask<Drained>("drain", { jobs: taken });
  const [claims] = await cluster.admin(
    `select sum(total_exec_time) * 1000 / nullif(sum(rows), 0) as micros from pg_stat_statements
     where dbid = (select oid from pg_database where datname = $1) and query ~ $2`,
    [database, CLAIM],
  );
  await benched.worker.ask("stopWorker");
  return { [CLAIM_UNIT]: Number(claims!.micros), "jobs/s": (taken * 1000) / (doneAt - firstAt) };
}

/** As pg_stat_statements keeps it, with its constants replaced. */
const CLAIM = "_jobs set worker = \\$1, attempt = attempt \\+";

export async function topUp({ benched, pending }: Backlog): Promise<void> {
  const missing = pending - (await benched.storage.unfinished());
  if (missing > 0) await fill(benched, missing);
}

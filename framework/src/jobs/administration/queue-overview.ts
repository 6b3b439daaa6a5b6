import pg from "pg";
import { perSchema } from "../store/per-schema.ts";
import type { Execute } from "../store/store-parts.ts";
import type { BoundedCount } from "./job-listing.ts";
import { headsText } from "./job-window.ts";
import { type FinishedStats, finishedStats, type PausedQueue, pausedQueues } from "./queue-stats.ts";

/** What is in one queue, by state. */
export interface QueueOverview {
  readonly module: string;
  readonly queue: string;
  readonly ready: BoundedCount;
  /** Since the next one was enqueued, the oldest over all priorities; null when none is ready. */
  readonly readyAgeMs: number | null;
  readonly running: BoundedCount;
  readonly scheduled: BoundedCount;
  readonly retrying: BoundedCount;
  readonly waiting: BoundedCount;
  readonly dead: BoundedCount;
}

export interface QueuesOverview {
  /** Those with something in them, or paused. */
  readonly queues: readonly QueueOverview[];
  readonly paused: readonly PausedQueue[];
  readonly finished: readonly FinishedStats[];
}

interface OverviewRow {
  readonly module: string;
  readonly queue: string;
  readonly readyAgeMs: number | null;
  /** How much was read for it, against the bound. */
  readonly [count: string]: unknown;
}

const EMPTY: Omit<QueueOverview, "module" | "queue"> = {
  ready: { count: 0, isAtLeast: false },
  readyAgeMs: null,
  running: { count: 0, isAtLeast: false },
  scheduled: { count: 0, isAtLeast: false },
  retrying: { count: 0, isAtLeast: false },
  waiting: { count: 0, isAtLeast: false },
  dead: { count: 0, isAtLeast: false },
};

/**
 * For those who look every few seconds: every count is read from an index and no further than `atMost`, so that half
 * a million jobs cost no more than ten thousand. Where a count could have gone on, it is "at least".
 */
export async function queuesOverview(
  execute: Execute,
  modules: readonly string[],
  atMost: number,
): Promise<QueuesOverview> {
  const queues: QueueOverview[] = [];
  for (let from = 0; from < modules.length; from += MODULES_A_STATEMENT) {
    const { rows } = await execute<OverviewRow>({
      text: modules
        .slice(from, from + MODULES_A_STATEMENT)
        .map(OVERVIEW)
        .join("\nunion all\n"),
      values: [atMost],
    });
    queues.push(...rows.map((row) => overviewOf(row, atMost)));
  }
  const paused = await pausedQueues(execute, modules);
  const keyOf = ({ module, queue }: Pick<QueueOverview, "module" | "queue">) => `${module}\0${queue}`;
  const known = new Set(queues.map(keyOf));
  const others = paused.filter((each) => !known.has(keyOf(each)));
  queues.push(...others.map(({ module, queue }) => ({ module, queue, ...EMPTY })));
  queues.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return { queues, paused, finished: await finishedStats(execute, modules) };
}

/** As one statement, they are one round trip; all at once would be long to plan where there are hundreds. */
const MODULES_A_STATEMENT = 20;

function overviewOf(row: OverviewRow, atMost: number): QueueOverview {
  const bounded = (name: string, looked: string): BoundedCount => ({
    count: Math.min(Number(row[name] ?? 0), atMost),
    isAtLeast: Number(row[looked] ?? 0) >= atMost,
  });
  return {
    module: row.module,
    queue: row.queue,
    ready: bounded("ready", "looked"),
    readyAgeMs: row.readyAgeMs,
    // They stand at the head of their queue: behind so many others there are none.
    running: { count: Number(row.running ?? 0), isAtLeast: false },
    scheduled: bounded("scheduled", "lookedDue"),
    retrying: bounded("retrying", "lookedDue"),
    waiting: bounded("waiting", "waiting"),
    dead: bounded("dead", "lookedDead"),
  };
}

/**
 * `ready` by `_jobs_ready`, `due` by `_jobs_due`, `waiting` by `_jobs_waiting`. Within each queue, priority for
 * priority in the order of the index: a long queue must not be read through in search of a short one, and what runs
 * stands at the heads. Of those that wait, the rows are compared by queue and id: in the order of the id alone the
 * planner would take the primary key.
 */
const OVERVIEW = perSchema((module) => {
  const schema = pg.escapeIdentifier(module);
  return `(with recursive ${headsText(schema)}, lines as (
    select heads.queue, line.*, next.age
    from heads cross join lateral (
      select count(*) as looked, count(*) filter (where head.worker is null) as ready,
        count(*) filter (where head.worker is not null) as running
      from (
        select j.worker from ${schema}._jobs j
        where j.run_at is null and j.queue = heads.queue and j.priority = heads.priority
        order by j.seq limit $1::integer
      ) head
    ) line left join lateral (
      select greatest(0, extract(epoch from clock_timestamp() - j.enqueued_at)) * 1000 as age
      from ${schema}._jobs j
      where j.run_at is null and j.worker is null and j.queue = heads.queue and j.priority = heads.priority
      order by j.seq limit 1
    ) next on true
  ), ready as (
    select queue, max(looked) as looked, sum(ready) as ready, sum(running) as running, max(age) as age
    from lines group by queue
  ), due as (
    select queue, count(*) filter (where attempt = 0) as scheduled, count(*) filter (where attempt > 0) as retrying,
      sum(count(*)) over () as looked
    from (
      select queue, attempt from ${schema}._jobs
      where run_at is not null and run_at < 'infinity' order by run_at limit $1::integer
    ) counted group by queue
  ), waiting_heads as (
    (select queue from ${schema}._jobs where run_at = 'infinity' order by queue limit 1)
    union all
    select following.queue from waiting_heads cross join lateral (
      select j.queue from ${schema}._jobs j
      where j.run_at = 'infinity' and j.queue > waiting_heads.queue order by j.queue limit 1
    ) following
  ), waiting as (
    select waiting_heads.queue, counted.waiting from waiting_heads cross join lateral (
      select count(*) as waiting from (
        select j.queue from ${schema}._jobs j
        where j.run_at = 'infinity' and (j.queue, j.id) > (waiting_heads.queue, 0)
        order by j.queue, j.id limit $1::integer
      ) bounded where bounded.queue = waiting_heads.queue
    ) counted
  ), dead as (
    select queue, count(*) as dead, sum(count(*)) over () as looked
    from (select queue from ${schema}._dead_jobs order by id desc limit $1::integer) counted group by queue
  )
  select ${pg.escapeLiteral(module)} as module, queue, ready.age::float8 as "readyAgeMs", ready.looked::integer as looked, ready.ready::integer as ready,
    ready.running::integer as running, due.scheduled::integer as scheduled, due.retrying::integer as retrying,
    due.looked::integer as "lookedDue", waiting.waiting::integer as waiting, dead.dead::integer as dead,
    dead.looked::integer as "lookedDead"
  from ready full join due using (queue) full join waiting using (queue) full join dead using (queue))`;
});

import pg from "pg";
import type { Execute } from "../store/store-parts.ts";
import { headsText } from "./job-window.ts";

/** What waits in one queue. Counts stop at `atMost`. */
export interface QueueDepth {
  readonly module: string;
  readonly queue: string;
  /** Available and not claimed. */
  readonly ready: number;
  /** Since the next one was enqueued, the oldest over all priorities; null when none is ready. */
  readonly readyAgeMs: number | null;
  readonly dead: number;
}

/**
 * For those who ask every few seconds: reads the heads of the queues from `_jobs_ready` and counts no further than
 * `atMost`, so that a long queue costs no more than a short one. Only queues with something in them are found.
 */
export async function queueDepths(
  execute: Execute,
  modules: readonly string[],
  atMost: number,
): Promise<QueueDepth[]> {
  const depths: QueueDepth[] = [];
  for (const module of modules) {
    const { rows } = await execute<Omit<QueueDepth, "module">>({
      text: depthsText(pg.escapeIdentifier(module)),
      values: [atMost],
    });
    depths.push(...rows.map((row) => ({ module, ...row })));
  }
  return depths;
}

/**
 * `heads` jumps from one queue and priority to the next: by the index, over all that lies between. Counting goes in
 * the order of the index too, or a long queue might be read through in search of a short one.
 */
function depthsText(schema: string): string {
  return `with recursive ${headsText(schema)}, ages as (
    select heads.queue, max(next.age) as age from heads left join lateral (
      select greatest(0, extract(epoch from clock_timestamp() - j.enqueued_at)) * 1000 as age
      from ${schema}._jobs j
      where j.run_at is null and j.worker is null and j.queue = heads.queue and j.priority = heads.priority
      order by j.seq limit 1
    ) next on true
    group by heads.queue
  ), dead as (
    select queue, count(*) as dead from (select queue from ${schema}._dead_jobs limit $1::integer) counted
    group by queue
  )
  select found.queue, counted.ready::integer as ready, found.age::float8 as "readyAgeMs",
    coalesce(found.dead, 0)::integer as dead
  from (select queue, age, dead from ages full join dead using (queue)) found
  cross join lateral (
    select count(*) as ready from (
      select from ${schema}._jobs j
      where j.run_at is null and j.worker is null and j.queue = found.queue
      order by j.priority, j.seq limit $1::integer
    ) bounded
  ) counted`;
}

import pg from "pg";
import type { Execute } from "../store/store-parts.ts";
import { STATE_SQL } from "./job-filter.ts";

export interface QueueStats {
  readonly kinds: readonly KindStats[];
  readonly finished: readonly FinishedStats[];
  readonly paused: readonly PausedQueue[];
}

/** The unfinished and dead jobs of one kind in one queue and state. */
export interface KindStats {
  readonly module: string;
  readonly queue: string;
  readonly kind: string;
  readonly state: string;
  readonly count: number;
  /** A queue so long that it was not counted to its end: there are at least so many. */
  readonly isAtLeast: boolean;
  /** Since the oldest was enqueued. */
  readonly oldestMs: number;
}

export interface FinishedStats {
  readonly module: string;
  /** As PostgreSQL's statistics say; not counted, since it may be millions. */
  readonly estimate: number;
}

export interface PausedQueue {
  readonly module: string;
  readonly queue: string;
  readonly pausedAt: Date;
  readonly pausedBy: string | null;
}

/** Rows of a table that are looked at; to group a million takes about half a second. */
const MOST_COUNTED = 1_000_000;

export async function queueStats(execute: Execute, modules: readonly string[]): Promise<QueueStats> {
  const kinds: KindStats[] = [];
  for (const module of modules) {
    kinds.push(
      ...(await kindStats(execute, module, "_jobs")),
      ...(await kindStats(execute, module, "_dead_jobs")),
    );
  }
  const order = ({ module, queue, kind, state }: KindStats) => [module, queue, kind, state].join("\0");
  kinds.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return {
    kinds,
    finished: await finishedStats(execute, modules),
    paused: await pausedQueues(execute, modules),
  };
}

async function kindStats(
  execute: Execute,
  module: string,
  table: "_jobs" | "_dead_jobs",
): Promise<KindStats[]> {
  const { rows } = await execute<Omit<KindStats, "module"> & { isCut: boolean }>({
    text: `select queue, kind, state, count(*)::integer as count,
        extract(epoch from now() - min(enqueued_at))::float8 * 1000 as "oldestMs",
        sum(count(*)) over () >= $1::integer as "isAtLeast"
      from (select queue, kind, ${STATE_SQL[table]} as state, enqueued_at
        from ${pg.escapeIdentifier(module)}.${table} limit $1::integer) as counted
      group by queue, kind, state`,
    values: [MOST_COUNTED],
  });
  return rows.map((row) => ({ module, ...row }));
}

/** Live rows as the cumulative statistics know them, or as the last ANALYZE left them after a crash reset those. */
export async function finishedStats(execute: Execute, modules: readonly string[]): Promise<FinishedStats[]> {
  const { rows } = await execute<FinishedStats>({
    text: `select n.nspname as module,
        coalesce(sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)), 0)::bigint as estimate
      from pg_namespace n
      join pg_class p on p.relnamespace = n.oid and p.relname = '_finished_jobs'
      left join pg_inherits i on i.inhparent = p.oid
      left join pg_class c on c.oid = i.inhrelid
      where n.nspname = any ($1::text[]) group by n.nspname order by n.nspname`,
    values: [modules],
  });
  return rows;
}

/** Of all modules together, in their order. */
export async function pausedQueues(execute: Execute, modules: readonly string[]): Promise<PausedQueue[]> {
  if (modules.length === 0) return [];
  const { rows } = await execute<PausedQueue>({
    text: modules
      .map(
        (
          module,
        ) => `(select ${pg.escapeLiteral(module)} as module, queue, paused_at as "pausedAt", paused_by as "pausedBy"
          from ${pg.escapeIdentifier(module)}._paused_queues order by queue)`,
      )
      .join(" union all "),
    values: [],
  });
  return rows;
}

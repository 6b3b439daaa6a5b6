import pg from "pg";
import { type Pool, workerRole } from "../postgres/index.ts";

/** Counting stops here unless told otherwise, so that to look at a long queue costs no more than to look at a short one. */
export const COUNTED_AT_MOST = 10_000;

/** What a publisher has published and no relay has handed over yet. */
export interface OutboxLag {
  readonly publisher: string;
  /** `atMost` stands for that many or more. */
  readonly depth: number;
  /** Age of the oldest; null when there is none. */
  readonly oldestMs: number | null;
}

/** What a subscriber has not taken in yet. Counts stop at `atMost`. */
export interface SubscriberLag {
  /** The subscribing module. */
  readonly subscriber: string;
  readonly name: string;
  readonly publisher: string;
  readonly event: string;
  readonly queue: string;
  /** When a worker with this subscription last started. */
  readonly seenAt: Date;
  /** Age of the oldest event in the publisher's outbox, whether it is for this subscriber or not. */
  readonly unrelayedMs: number | null;
  /** Deliveries that are not done, running ones included. */
  readonly pending: number;
  /** Since when the oldest of them is there. */
  readonly oldestPendingMs: number | null;
  /** Of the oldest pending: those that have failed and will be tried again. */
  readonly retrying: number;
  readonly dead: number;
}

export interface EventLag {
  readonly outboxes: readonly OutboxLag[];
  readonly subscribers: readonly SubscriberLag[];
}

type Executor = Pick<Pool, "execute">;

/** How far the events of these modules, and what they subscribe to, are behind. Subscribers are found in the database. */
export async function eventLag(parts: {
  readonly app: string;
  readonly pool: Executor;
  readonly modules: readonly string[];
  /** Default COUNTED_AT_MOST. */
  readonly atMost?: number;
}): Promise<EventLag> {
  const { atMost = COUNTED_AT_MOST } = parts;
  const outboxes: OutboxLag[] = [];
  for (const module of parts.modules) outboxes.push(await outboxLag(parts.app, parts.pool, module, atMost));
  const oldest = new Map(outboxes.map(({ publisher, oldestMs }) => [publisher, oldestMs]));
  const subscribers: SubscriberLag[] = [];
  for (const module of parts.modules) {
    for (const lag of await subscriberLags(parts.app, parts.pool, module, atMost)) {
      subscribers.push({ ...lag, unrelayedMs: oldest.get(lag.publisher) ?? null });
    }
  }
  return { outboxes, subscribers };
}

async function outboxLag(app: string, pool: Executor, publisher: string, atMost: number): Promise<OutboxLag> {
  const outbox = `${pg.escapeIdentifier(publisher)}._outbox`;
  const { rows } = await pool.execute<OutboxLag>(workerRole(app), {
    text: `select $1::text as publisher,
        (select count(*) from (select from ${outbox} order by id limit $2) counted) as depth,
        (select ${ageMs("published_at")} from ${outbox} order by id limit 1) as "oldestMs"`,
    values: [publisher, atMost],
  });
  return rows[0]!;
}

/** By `_jobs_deliveries` and `_dead_jobs_deliveries`, whose predicate has to be repeated to be recognised. */
async function subscriberLags(
  app: string,
  pool: Executor,
  module: string,
  atMost: number,
): Promise<Omit<SubscriberLag, "unrelayedMs">[]> {
  const schema = pg.escapeIdentifier(module);
  const { rows } = await pool.execute<Omit<SubscriberLag, "unrelayedMs">>(workerRole(app), {
    text: `select $1::text as subscriber, s.name, s.publisher, s.event, s.queue, s.seen_at as "seenAt",
        p.pending, p."oldestPendingMs", p.retrying, d.dead
      from ${schema}._subscriptions s
      cross join lateral (
        select count(*) as pending, max(${ageMs("enqueued_at")}) as "oldestPendingMs",
          count(*) filter (where attempt > 0 and worker is null) as retrying
        from (
          select enqueued_at, attempt, worker from ${schema}._jobs
          where kind = 'on.' || s.name and kind like 'on.%' order by id limit $2
        ) counted
      ) p
      cross join lateral (
        select count(*) as dead
        from (
          select from ${schema}._dead_jobs where kind = 'on.' || s.name and kind like 'on.%' order by id limit $2
        ) counted
      ) d
      order by s.name`,
    values: [module, atMost],
  });
  return rows;
}

/** Never negative: a row may be younger than the statement that looks at it. */
function ageMs(column: string): string {
  return `(greatest(0, extract(epoch from clock_timestamp() - ${column})) * 1000)::float8`;
}

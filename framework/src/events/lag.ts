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
  readonly inOrder: boolean;
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
  readonly latestDead: DeadDelivery | null;
}

/** A delivery that has used up its attempts. */
export interface DeadDelivery {
  /** Of its job: `<module>:<number>`. */
  readonly job: string;
  readonly diedAt: Date;
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
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
  const { app, pool, modules, atMost = COUNTED_AT_MOST } = parts;
  if (modules.length === 0) return { outboxes: [], subscribers: [] };
  const ask = async <Row>(write: (module: string) => string) => {
    const { rows } = await pool.execute<Row>(workerRole(app), {
      text: modules.map((module) => `(${write(module)})`).join("\nunion all\n"),
      values: [atMost],
    });
    return rows;
  };
  const outboxes = await ask<OutboxLag>(outboxText);
  const oldest = new Map(outboxes.map(({ publisher, oldestMs }) => [publisher, oldestMs]));
  const subscribers = await ask<SubscriberRow>(subscribersText);
  return {
    outboxes,
    subscribers: subscribers.map(({ deadJob, diedAt, attempts, error, ...lag }) => ({
      ...lag,
      unrelayedMs: oldest.get(lag.publisher) ?? null,
      latestDead:
        deadJob === null
          ? null
          : { job: deadJob, diedAt, attempts, code: error?.code ?? "", message: error?.message ?? "" },
    })),
  };
}

interface SubscriberRow extends Omit<SubscriberLag, "unrelayedMs" | "latestDead"> {
  readonly deadJob: string | null;
  readonly diedAt: Date;
  readonly attempts: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

function outboxText(publisher: string): string {
  const outbox = `${pg.escapeIdentifier(publisher)}._outbox`;
  return `select ${pg.escapeLiteral(publisher)} as publisher,
      (select count(*) from (select from ${outbox} order by id limit $1) counted) as depth,
      (select ${ageMs("published_at")} from ${outbox} order by id limit 1) as "oldestMs"`;
}

/**
 * By `_jobs_deliveries` and `_dead_jobs_deliveries`, whose predicate has to be repeated to be recognised. The rows are
 * compared by kind and id, though they may run on into the next kind: in the order of the id alone the planner would
 * take the primary key, and read through the jobs of all kinds in search of a few.
 */
function subscribersText(module: string): string {
  const schema = pg.escapeIdentifier(module);
  return `select ${pg.escapeLiteral(module)} as subscriber, s.name, s.publisher, s.event, s.queue,
      s.in_order as "inOrder", s.seen_at as "seenAt", p.pending, p."oldestPendingMs", p.retrying, d.dead,
      ${pg.escapeLiteral(`${module}:`)} || l.id as "deadJob", l.died_at as "diedAt", l.attempt as attempts, l.error
    from ${schema}._subscriptions s
    cross join lateral (
      select count(*) as pending, max(${ageMs("enqueued_at")}) as "oldestPendingMs",
        count(*) filter (where attempt > 0 and worker is null) as retrying
      from (
        select kind, enqueued_at, attempt, worker from ${schema}._jobs
        where (kind, id) > ('on.' || s.name, 0) and kind like 'on.%' order by kind, id limit $1
      ) counted where kind = 'on.' || s.name
    ) p
    cross join lateral (
      select count(*) as dead
      from (
        select kind from ${schema}._dead_jobs
        where (kind, id) > ('on.' || s.name, 0) and kind like 'on.%' order by kind, id limit $1
      ) counted where kind = 'on.' || s.name
    ) d
    left join lateral (
      select kind, id, died_at, attempt, errors -> -1 as error from ${schema}._dead_jobs
      where (kind, id) < ('on.' || s.name, ${Number.MAX_SAFE_INTEGER}) and kind like 'on.%'
      order by kind desc, id desc limit 1
    ) l on l.kind = 'on.' || s.name
    order by s.name`;
}

/** Never negative: a row may be younger than the statement that looks at it. */
function ageMs(column: string): string {
  return `(greatest(0, extract(epoch from clock_timestamp() - ${column})) * 1000)::float8`;
}

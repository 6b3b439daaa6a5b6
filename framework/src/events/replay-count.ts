import pg from "pg";
import { type Pool, workerRole } from "../postgres/index.ts";
import type { Subscription } from "./subscription.ts";

/** How long a transaction may have been open when it published: so far, ids and times may disagree. */
const SLACK_MS = 5 * 60_000;

export interface ReplayCount {
  readonly count: number;
  /** There are at least so many. */
  readonly isAtLeast: boolean;
}

interface CountParts {
  readonly app: string;
  readonly pool: Pick<Pool, "execute">;
  readonly subscription: Subscription;
  readonly since: Date;
  readonly until: Date;
  readonly atMost: number;
  /** Events that it looks at, of all kinds. */
  readonly lookAtMost: number;
}

/**
 * How many deliveries a replay would make, up to a bound and among so many events of the period: for a number before
 * the decision, not for the replay itself. The ids of the period are found by halving, since only they have an index.
 */
export async function countReplay(parts: CountParts): Promise<ReplayCount> {
  const { app, pool, subscription, since, until, atMost, lookAtMost } = parts;
  const first = await firstIdSince(parts, new Date(since.getTime() - SLACK_MS));
  const end = await firstIdSince(parts, new Date(until.getTime() + SLACK_MS));
  const { rows } = await pool.execute<{ wanted: number; seen: number }>(workerRole(app), {
    text: `select count(*)::integer as seen,
        (count(*) filter (where event = $1 and published_at >= $2 and published_at < $3))::integer as wanted
      from (
        select event, published_at from ${pg.escapeIdentifier(subscription.publisher)}._events
        where id >= $4 and id < $5 order by id limit $6
      ) period`,
    values: [subscription.event, since, until, first, end, lookAtMost],
  });
  const { wanted, seen } = rows[0]!;
  return { count: Math.min(wanted, atMost), isAtLeast: wanted > atMost || seen >= lookAtMost };
}

/** The smallest id of an event published then or later, if ids grew with time; one behind the last if there is none. */
async function firstIdSince({ app, pool, subscription }: CountParts, at: Date): Promise<number> {
  const events = `${pg.escapeIdentifier(subscription.publisher)}._events`;
  const role = workerRole(app);
  const bounds = await pool.execute<{ low: number | null; high: number | null }>(role, {
    text: `select (select id from ${events} order by id limit 1) as low,
      (select id from ${events} order by id desc limit 1) as high`,
    values: [],
  });
  let low = bounds.rows[0]!.low ?? 0;
  let high = (bounds.rows[0]!.high ?? -1) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { rows } = await pool.execute<{ id: number; isEarlier: boolean }>(role, {
      text: `select id, published_at < $2 as "isEarlier" from ${events} where id >= $1 order by id limit 1`,
      values: [middle, at],
    });
    const [next] = rows;
    if (next?.isEarlier === true) low = next.id + 1;
    else high = middle;
  }
  return low;
}

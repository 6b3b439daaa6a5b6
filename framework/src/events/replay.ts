import pg from "pg";
import { type Pool, type Statement, workerRole } from "../postgres/index.ts";
import { deliveriesInsert } from "./deliveries.ts";
import { EventReplayError } from "./errors.ts";
import { type Subscription, subscriberKind } from "./subscription.ts";

/** Events that one statement looks at, so that it is short however rare the wanted ones are. */
const PAGE = 2_000;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface ReplayParts {
  readonly app: string;
  readonly pool: Pick<Pool, "execute">;
  /** As the code declares it, or as `findSubscriptions` found it. */
  readonly subscription: Subscription;
  /** Events published at or after this instant. */
  readonly since: Date;
  /** Events published before this instant. Default: the start of the replay. */
  readonly until?: Date;
  /** Counts and delivers nothing. */
  readonly dryRun?: boolean;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Aborted: the replay ends after the statement under way, and can be resumed. */
  readonly signal?: AbortSignal;
}

export interface ReplayProgress {
  /** Its number, to resume it by; null for a dry run. */
  readonly replay: number | null;
  /** Deliveries so far; in a dry run, what would have been delivered. */
  readonly deliveries: number;
  readonly isFinished: boolean;
}

/**
 * Delivers the events of a period to one subscriber again, in the order of their ids and whether it has taken them in
 * before or not. What comes of its own accord meanwhile stands in the same queue, after what was enqueued before it.
 *
 * Can be killed at any time and resumed by its number: the place it has got to is written with the deliveries.
 */
export async function replayEvents(parts: ReplayParts): Promise<ReplayProgress> {
  const { app, pool, subscription, since, until } = parts;
  if (until !== undefined && until <= since) {
    throw new EventReplayError(subscription.event, "A replay needs a period: `until` must be after `since`.");
  }
  if (parts.dryRun === true) return await countEvents(parts);
  const { rows } = await pool.execute<{ id: number }>(workerRole(app), {
    text: `insert into ${schemaOf(subscription)}._replays (subscriber, since, until)
      values ($1, $2, coalesce($3, now())) returning id`,
    values: [subscription.name, since, until ?? null],
  });
  return await resumeReplay({ ...parts, replay: rows[0]!.id });
}

/** Goes on with a replay where it was left. One that is finished stays as it is. */
export async function resumeReplay(
  parts: Pick<ReplayParts, "app" | "pool" | "subscription" | "onProgress" | "signal"> & {
    readonly replay: number;
  },
): Promise<ReplayProgress> {
  const { app, pool, subscription, replay, onProgress, signal } = parts;
  const { since, until } = await findReplay(app, pool, subscription, replay);
  const statement = replayStatement(subscription, replay, since, until);
  for (;;) {
    const { rows } = await pool.execute<{ deliveries: number; isFinished: boolean }>(
      workerRole(app),
      statement,
    );
    // No row: it was finished before, or by another one that this statement has waited for.
    const page = rows[0] ?? {
      deliveries: (await findReplay(app, pool, subscription, replay)).deliveries,
      isFinished: true,
    };
    const progress: ReplayProgress = { replay, ...page };
    onProgress?.(progress);
    if (progress.isFinished || signal?.aborted === true) return progress;
  }
}

async function findReplay(
  app: string,
  pool: Pick<Pool, "execute">,
  subscription: Subscription,
  replay: number,
) {
  const { rows } = await pool.execute<{ since: Date; until: Date; deliveries: number }>(workerRole(app), {
    text: `select since, until, deliveries from ${schemaOf(subscription)}._replays where id = $1 and subscriber = $2`,
    values: [replay, subscription.name],
  });
  const found = rows[0];
  if (found !== undefined) return found;
  throw new EventReplayError(
    subscription.event,
    `There is no replay ${replay} for ${subscription.subscriber}.${subscription.name}.`,
  );
}

/** One page: the deliveries, and how far they have got, in one transaction. */
function replayStatement(subscription: Subscription, replay: number, since: Date, until: Date): Statement {
  const replays = `${schemaOf(subscription)}._replays`;
  return {
    // The lock makes whoever resumes the same replay at the same time wait, and read where the other one got to.
    text: `with replay as (
        select id, position from ${replays} where id = $1 and finished_at is null for update
      ), page as materialized (
        select e.*, e.event = $6 and e.published_at >= $2 and e.published_at < $3 as is_wanted
        from replay cross join lateral (${pageOf(subscription, "replay.position")}) e
      ), delivered as (
        ${deliveriesInsert(subscription.subscriber, {
          columns: `$8::text as queue, $9::smallint as priority, $10::text as kind, $11::smallint as max_attempts,
            $12::boolean as in_order, $13::text as limit_key,
            e.id, e.event, e.version, e.key, e.payload, e.trace_id, e.published_at`,
          from: "page e where e.is_wanted",
          publisher: pg.escapeLiteral(subscription.publisher),
          replay: "$1",
        })}
      ), progress as (
        update ${replays} r
        set position = coalesce((select max(id) from page), r.position),
          deliveries = r.deliveries + (select count(*) from page where is_wanted),
          finished_at = case when (select count(*) from page) < $7 then now() end
        from replay where r.id = replay.id
        returning r.deliveries, r.finished_at
      )
      select deliveries, finished_at is not null as "isFinished" from progress`,
    values: [
      replay,
      since,
      until,
      ...days(since, until),
      subscription.event,
      PAGE,
      subscription.queue,
      subscription.priority,
      subscriberKind(subscription.name),
      subscription.maxAttempts,
      subscription.inOrder,
      subscription.limitKey ?? null,
    ],
  };
}

async function countEvents(parts: ReplayParts): Promise<ReplayProgress> {
  const { app, pool, subscription, since, until = new Date(8.64e15), onProgress, signal } = parts;
  let position = 0;
  let deliveries = 0;
  for (;;) {
    const { rows } = await pool.execute<{ position: number | null; wanted: number; seen: number }>(
      workerRole(app),
      {
        text: `select max(id) as position, count(*) as seen,
          count(*) filter (where event = $6 and published_at >= $2 and published_at < least($3, now())) as wanted
        from (${pageOf(subscription, "$1::bigint")}) e`,
        values: [position, since, until, ...days(since, until), subscription.event, PAGE],
      },
    );
    const page = rows[0]!;
    position = page.position ?? position;
    deliveries += page.wanted;
    const progress: ReplayProgress = { replay: null, deliveries, isFinished: page.seen < PAGE };
    onProgress?.(progress);
    if (progress.isFinished || signal?.aborted === true) return progress;
  }
}

/**
 * The next events by id, of all kinds, from the partitions of the days $4 to $5. By id and not by time: a transaction
 * that began earlier may have published later. By `_events_id` of each partition; the time only picks partitions, as a
 * narrower range would let one statement read through a whole day for its first row.
 */
function pageOf(subscription: Subscription, position: string): string {
  return `select id, event, version, key, payload, trace_id, published_at
    from ${pg.escapeIdentifier(subscription.publisher)}._events
    where id > ${position} and published_at >= $4 and published_at < $5 order by id limit $7`;
}

function days(since: Date, until: Date): [Date, Date] {
  const first = new Date(Math.floor(since.getTime() / DAY_MS) * DAY_MS);
  return [first, new Date(Math.min(Math.ceil(until.getTime() / DAY_MS) * DAY_MS, 8.64e15))];
}

function schemaOf(subscription: Subscription): string {
  return pg.escapeIdentifier(subscription.subscriber);
}

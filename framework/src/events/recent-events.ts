import pg from "pg";
import { type Pool, workerRole } from "../postgres/index.ts";
import { EventCursorError } from "./errors.ts";

/** An event that was handed over to its subscribers. */
export interface RecentEvent {
  readonly publisher: string;
  readonly id: number;
  /** `<publisher>.<name>`. */
  readonly event: string;
  readonly version: number;
  readonly key: string | null;
  /** Null when it has more than LARGEST_SHOWN bytes, as stored. */
  readonly payload: unknown;
  readonly payloadBytes: number;
  readonly traceId: string | null;
  readonly publishedAt: Date;
}

export interface RecentEvents {
  readonly events: readonly RecentEvent[];
  /** Where to go on; null after the oldest that is kept. */
  readonly next: string | null;
  /** Events that were looked at. With fewer events than the limit and a `next`, this bound ended it. */
  readonly lookedAt: number;
}

const LARGEST_SHOWN = 16_384;

interface Reading {
  readonly app: string;
  readonly pool: Pick<Pool, "execute">;
}

interface Window {
  /** The id behind which it begins; null for the newest. */
  readonly from: number | null;
  readonly lookAt: number;
}

/**
 * The newest events of some publishers, merged by their time. Each publisher's are read down its `_events_id`, at
 * most a share of `lookAtMost` of them, so that a kind of event that hardly ever comes costs no more than others.
 */
export async function recentEvents(
  parts: Reading & {
    readonly publishers: readonly string[];
    /** Only this one. */
    readonly event?: string;
    readonly limit: number;
    readonly after: string | null;
    readonly lookAtMost: number;
  },
): Promise<RecentEvents> {
  const { publishers, event = null, limit, after, lookAtMost } = parts;
  const progress = after === null ? new Map<string, number | "ended">() : readCursor(after);
  const open = publishers.filter((each) => progress.get(each) !== "ended");
  const lookAt = Math.max(limit, Math.floor(lookAtMost / Math.max(1, open.length)));
  const found: RecentEvent[] = [];
  const ends = new Map<string, { count: number; last: number | null }>();
  for (const publisher of open) {
    const window = { from: (progress.get(publisher) as number | undefined) ?? null, lookAt };
    const events = await eventsIn(parts, publisher, event, window, limit + 1);
    found.push(...events);
    if (events.length <= limit) ends.set(publisher, await endOf(parts, publisher, window));
  }
  found.sort((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime() || b.id - a.id);
  const events = found.slice(0, limit);
  const rest = new Set(found.slice(limit).map(({ publisher }) => publisher));
  for (const publisher of open) {
    const end = ends.get(publisher);
    const last = events.findLast((each) => each.publisher === publisher)?.id;
    if (end !== undefined && !rest.has(publisher)) progress.set(publisher, end.last ?? "ended");
    else if (last !== undefined) progress.set(publisher, last);
  }
  const isOver = publishers.every((each) => progress.get(each) === "ended");
  const lookedAt = [...ends.values()].reduce((sum, { count }) => sum + count, 0);
  return { events, next: isOver ? null : cursorOf(progress), lookedAt: Math.max(lookedAt, events.length) };
}

async function eventsIn(
  { app, pool }: Reading,
  publisher: string,
  event: string | null,
  { from, lookAt }: Window,
  limit: number,
): Promise<RecentEvent[]> {
  const { rows } = await pool.execute<RecentEvent>(workerRole(app), {
    text: `select $1::text as publisher, id, event, version, key, trace_id as "traceId", published_at as "publishedAt",
        pg_column_size(payload) as "payloadBytes",
        case when pg_column_size(payload) <= ${LARGEST_SHOWN} then payload end as payload
      from (
        select * from ${pg.escapeIdentifier(publisher)}._events
        where id < coalesce($2::bigint, 9223372036854775807) order by id desc limit $3
      ) newest where $4::text is null or event = $4 order by id desc limit $5`,
    values: [publisher, from, lookAt, event, limit],
  });
  return rows;
}

/** How many events the window holds, and the oldest of them if there are more behind it. */
async function endOf({ app, pool }: Reading, publisher: string, { from, lookAt }: Window) {
  const { rows } = await pool.execute<{ count: number; last: number | null }>(workerRole(app), {
    text: `select count(*)::integer as count, min(id) as last from (
        select id from ${pg.escapeIdentifier(publisher)}._events
        where id < coalesce($1::bigint, 9223372036854775807) order by id desc limit $2
      ) seen`,
    values: [from, lookAt],
  });
  const { count, last } = rows[0]!;
  return { count, last: count < lookAt ? null : last };
}

/** `billing.4711~ordering.0`: the last id that was looked at, 0 where nothing is left. */
function cursorOf(progress: ReadonlyMap<string, number | "ended">): string {
  return [...progress].map(([publisher, at]) => `${publisher}.${at === "ended" ? 0 : at}`).join("~") || "-";
}

function readCursor(cursor: string): Map<string, number | "ended"> {
  const progress = new Map<string, number | "ended">();
  if (cursor === "-") return progress;
  for (const each of cursor.split("~")) {
    const match = /^([a-z][a-z0-9_]*)\.([0-9]{1,15})$/.exec(each);
    if (match === null) throw new EventCursorError(cursor);
    const id = Number(match[2]);
    progress.set(match[1]!, id === 0 ? "ended" : id);
  }
  return progress;
}

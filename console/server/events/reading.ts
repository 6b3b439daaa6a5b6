import { type DeadDelivery, type EventLag, eventLag, recentEvents, type SubscriberLag } from "ashlar/events";
import { Refusal } from "ashlar/http";
import type { Pool } from "ashlar/postgres";
import type { Events, PoisonView, RecentEventsView, SubscriberView } from "../../api/events.ts";
import type { CountView } from "../../api/jobs.ts";
import type { Ground } from "../ground.ts";
import { COUNTED_LIVE } from "../jobs/queues.ts";
import { asked } from "../jobs/refusals.ts";

const PAGE = 50;
/** Events that one answer looks at, so that it comes soon however rare the wanted ones are. */
const LOOKED_AT = 20_000;

/** Under the console's own role, so that PostgreSQL can tell its cost from that of the workers. */
export function executor({ execute }: Ground): Pick<Pool, "execute"> {
  return { execute: (_role, statement, deadline) => execute(statement, deadline) };
}

export async function readEvents(ground: Ground): Promise<Events> {
  const { app, queues, description } = ground;
  const pool = executor(ground);
  const lag = await eventLag({ app: app.name, pool, modules: queues.modules, atMost: COUNTED_LIVE });
  const pauses = new Map(
    (await queues.paused()).map(({ module, queue, pausedBy, pausedAt }) => [
      `${module}.${queue}`,
      { by: pausedBy, since: pausedAt.getTime() },
    ]),
  );
  const declared = new Set(
    description.modules.flatMap(({ name, subscribers }) => subscribers.map((each) => `${name}.${each.name}`)),
  );
  const subscribers: SubscriberView[] = [];
  for (const each of lag.subscribers) {
    const key = `${each.subscriber}.${each.name}`;
    subscribers.push({
      module: each.subscriber,
      name: each.name,
      publisher: each.publisher,
      event: each.event,
      queue: each.queue,
      inOrder: each.inOrder,
      lagMs: lagOf(each),
      pending: bounded(each.pending),
      retrying: bounded(each.retrying),
      dead: bounded(each.dead),
      poison: each.latestDead === null ? null : poisonOf(each.latestDead),
      paused: pauses.get(`${each.subscriber}.${each.queue}`) ?? null,
      isDeclared: declared.has(key),
      seenAt: each.seenAt.getTime(),
    });
  }
  return { outboxes: outboxesOf(ground, lag), subscribers };
}

export async function readRecentEvents(ground: Ground, query: URLSearchParams): Promise<RecentEventsView> {
  const { app, queues } = ground;
  const publisher = query.get("publisher") || null;
  const event = query.get("event") || null;
  if (publisher !== null && !queues.modules.includes(publisher)) {
    throw new Refusal("REQUEST_INVALID", {
      errors: [{ path: "/query/publisher", message: `is none of ${queues.modules.join(", ")}` }],
    });
  }
  // An event's name begins with its publisher's.
  const owner = publisher ?? queues.modules.find((module) => event?.startsWith(`${module}.`)) ?? null;
  const page = await asked(() =>
    recentEvents({
      app: app.name,
      pool: executor(ground),
      publishers: owner === null ? publishersOf(ground) : [owner],
      ...(event === null ? {} : { event }),
      limit: PAGE,
      after: query.get("after") || null,
      lookAtMost: LOOKED_AT,
    }),
  );
  return {
    ...page,
    events: page.events.map((each) => ({ ...each, publishedAt: each.publishedAt.getTime() })),
  };
}

/** Modules that publish by their contract; what an older release may have published is asked for by name. */
function publishersOf({ description, queues }: Ground): readonly string[] {
  const publishing = description.modules.filter(({ events }) => events.length > 0).map(({ name }) => name);
  return queues.modules.filter((module) => publishing.includes(module));
}

function poisonOf({ diedAt, ...delivery }: DeadDelivery): PoisonView {
  return { ...delivery, diedAt: diedAt.getTime() };
}

function outboxesOf({ description }: Ground, { outboxes }: EventLag): Events["outboxes"] {
  return outboxes
    .map(({ publisher, depth, oldestMs }) => ({
      publisher,
      depth: bounded(depth),
      oldestMs,
      events: (description.modules.find(({ name }) => name === publisher)?.events ?? []).map(({ id }) => id),
    }))
    .filter(({ depth, events }) => events.length > 0 || depth.count > 0);
}

function lagOf({ oldestPendingMs, unrelayedMs }: SubscriberLag): number | null {
  if (oldestPendingMs === null) return unrelayedMs;
  return Math.max(oldestPendingMs, unrelayedMs ?? 0);
}

function bounded(count: number): CountView {
  return { count, isAtLeast: count >= COUNTED_LIVE };
}

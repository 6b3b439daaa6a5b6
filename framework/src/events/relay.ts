import pg from "pg";
import { type BackgroundTask, jobTopic, outboxTopic } from "../jobs/index.ts";
import { type Pool, workerRole } from "../postgres/index.ts";
import { deliveriesInsert } from "./deliveries.ts";
import { type Subscription, subscriberKind } from "./subscription.ts";

const BATCH = 1_000;

export interface RelayParts {
  readonly app: string;
  readonly pool: Pool;
  /** The module whose outbox is emptied. */
  readonly publisher: string;
  /** To events of that publisher. */
  readonly subscriptions: readonly Subscription[];
  readonly wake: { ring(topics: Iterable<string>): void };
  /** Most events in one pass. Default 1,000. */
  readonly batch?: number;
}

/**
 * Hands the events of one outbox over to the subscribers: from `_outbox` into `_events` and, as deliveries, into the
 * queues of whoever subscribed. A pass is one statement and so one transaction: whatever dies in the middle of it,
 * nothing is lost and nothing is there twice. Relays of one outbox may run on any number of instances; they take
 * turns, so that events of one key never overtake each other.
 */
export function relayTask(parts: RelayParts): BackgroundTask {
  const { app, pool, publisher, subscriptions, wake, batch = BATCH } = parts;
  const role = workerRole(app);
  const statement = { text: relayText(publisher, subscriptions, batch), values: [] };
  const byEvent = Map.groupBy(subscriptions, ({ event }) => event);
  return {
    name: `relay ${publisher}`,
    topic: outboxTopic(publisher),
    due: `(${oldestId(publisher)}) is not null`,
    async run() {
      const { rows } = await pool.execute<{ hadTurn: boolean; events: string[] | null }>(role, statement);
      const { hadTurn, events } = rows[0]!;
      const woken = (events ?? []).flatMap((event) => byEvent.get(event) ?? []);
      if (woken.length > 0) {
        wake.ring(new Set(woken.map(({ subscriber, queue }) => jobTopic(subscriber, queue))));
      }
      // A relay that finds another one at work leaves its events to it. So whoever had a turn has to look once more,
      // with a younger snapshot, even when its batch was not full.
      return hadTurn;
    },
  };
}

/**
 * One pass. Without parameters, since nothing in it changes while the process runs: with parameters the server would
 * plan it anew each time, which takes as long as to hand over an event.
 *
 * The snapshot of the statement may be older than its turn. That does no harm: rows that an earlier turn deleted are
 * passed over by `delete`, and a snapshot that shows an event also shows those that were committed before it was
 * published.
 */
export function relayText(publisher: string, subscriptions: readonly Subscription[], batch: number): string {
  const schema = pg.escapeIdentifier(publisher);
  const bySubscriber = [...Map.groupBy(subscriptions, ({ subscriber }) => subscriber)];
  const deliveries = bySubscriber.map(
    ([subscriber, own], index) => `, delivered_${index} as (
      ${deliveriesInsert(subscriber, {
        columns: `s.queue, s.priority, s.kind, s.max_attempts, s.in_order, s.limit_key,
            e.id, e.event, e.version, e.key, e.payload, e.trace_id, e.published_at`,
        from: `taken e join (values ${own.map(rowOf).join(", ")})
            as s (event, kind, queue, priority, max_attempts, in_order, limit_key) on s.event = e.event`,
        publisher: pg.escapeLiteral(publisher),
        replay: "0",
      })}
    )`,
  );
  return `with turn as materialized (
      -- An empty outbox needs no turn: else a relay with nothing to do would keep others away.
      select from ${schema}._relay where (${oldestId(publisher)}) is not null for update skip locked
    ), taken as (
      delete from ${schema}._outbox
      where ctid = any (array(select ctid from ${schema}._outbox order by id limit ${Math.trunc(batch)}))
        and exists (select from turn)
      returning id, event, version, key, payload, trace_id, published_at
    ), kept as (
      insert into ${schema}._events (id, event, version, key, payload, trace_id, published_at)
      select id, event, version, key, payload, trace_id, published_at from taken
    )${deliveries.join("")}
    select exists (select from turn) as "hadTurn", (select array_agg(distinct event) from taken) as events`;
}

function rowOf(subscription: Subscription): string {
  const { event, name, queue, priority, maxAttempts, inOrder, limitKey } = subscription;
  const texts = [event, subscriberKind(name), queue].map((text) => pg.escapeLiteral(text));
  const limit = limitKey == null ? "null::text" : pg.escapeLiteral(limitKey);
  return `(${texts.join(", ")}, ${Math.trunc(priority)}::smallint, ${Math.trunc(maxAttempts)}::smallint, ${inOrder}, ${limit})`;
}

/** By the primary key, whose dead entries are passed over; an `exists` might read the dead rows of the whole table. */
function oldestId(publisher: string): string {
  return `select min(id) from ${pg.escapeIdentifier(publisher)}._outbox`;
}

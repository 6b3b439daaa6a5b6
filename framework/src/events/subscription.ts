import pg from "pg";
import { type Pool, workerRole } from "../postgres/index.ts";

/** A subscriber as the relay and a replay see it: which event it wants and how its deliveries are enqueued. */
export interface Subscription {
  /** The subscribing module. */
  readonly subscriber: string;
  /** Unique in the subscribing module. */
  readonly name: string;
  readonly publisher: string;
  /** `<publisher>.<name>`. */
  readonly event: string;
  readonly queue: string;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly inOrder: boolean;
  /** Where the queue has a limit over all instances: the key that its jobs are counted under. */
  readonly limitKey?: string | null;
}

/** The kind of a subscriber's deliveries. No job that a module declares can be called so: it has a dot. */
export function subscriberKind(name: string): string {
  return `on.${name}`;
}

/**
 * Writes down what a module subscribes to. Subscriptions that this release does not have stay, since an older one
 * may still be at work; `seen_at` tells since when nobody has claimed them.
 */
export async function syncSubscriptions(parts: {
  readonly app: string;
  readonly pool: Pool;
  readonly module: string;
  readonly subscriptions: readonly Subscription[];
}): Promise<void> {
  const { app, pool, module, subscriptions } = parts;
  if (subscriptions.length === 0) return;
  // In the order of their names: two instances that start at once would otherwise wait for each other.
  const sorted = subscriptions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  await pool.execute(workerRole(app), {
    text: `insert into ${pg.escapeIdentifier(module)}._subscriptions as s
        (name, publisher, event, queue, priority, max_attempts, in_order, limit_key)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::smallint[],
        $7::boolean[], $8::text[])
      on conflict (name) do update set publisher = excluded.publisher, event = excluded.event, queue = excluded.queue,
        priority = excluded.priority, max_attempts = excluded.max_attempts, in_order = excluded.in_order,
        limit_key = excluded.limit_key, seen_at = now()`,
    values: [
      sorted.map(({ name }) => name),
      sorted.map(({ publisher }) => publisher),
      sorted.map(({ event }) => event),
      sorted.map(({ queue }) => queue),
      sorted.map(({ priority }) => priority),
      sorted.map(({ maxAttempts }) => maxAttempts),
      sorted.map(({ inOrder }) => inOrder),
      sorted.map(({ limitKey }) => limitKey ?? null),
    ],
  });
}

export type KnownSubscription = Subscription & { readonly seenAt: Date };

/** What a module subscribes to according to its database. */
export async function findSubscriptions(parts: {
  readonly app: string;
  readonly pool: Pick<Pool, "execute">;
  readonly module: string;
}): Promise<KnownSubscription[]> {
  const { rows } = await parts.pool.execute<KnownSubscription>(workerRole(parts.app), {
    text: `select $1::text as subscriber, name, publisher, event, queue, priority, max_attempts as "maxAttempts",
        in_order as "inOrder", limit_key as "limitKey", seen_at as "seenAt"
      from ${pg.escapeIdentifier(parts.module)}._subscriptions order by name`,
    values: [parts.module],
  });
  return rows;
}

import pg from "pg";
import type { BackgroundTask } from "../jobs/index.ts";
import { type Pool, rolesOf } from "../postgres/index.ts";

const EVERY_MS = 60 * 60 * 1000;
const BATCH = 5_000;

/**
 * Forgets what is older than so many days: events handed over, what subscribers have noted in their inboxes, replays.
 * Also makes the partitions of the coming days.
 *
 * An event delivered again after its inbox row is forgotten would be taken in a second time. Nothing does that but a
 * replay, which means to.
 */
export function eventRetentionTask(parts: {
  readonly app: string;
  readonly pool: Pool;
  readonly modules: readonly string[];
  readonly days: number;
}): BackgroundTask {
  const { app, pool, modules, days } = parts;
  return {
    name: "event retention",
    everyMs: EVERY_MS,
    async run() {
      let isMore = false;
      for (const module of modules) {
        // The worker role may not execute the function, and does not know the partitions.
        const { app: role } = rolesOf(app, module);
        const schema = pg.escapeIdentifier(module);
        await pool.execute(role, {
          text: `select ${schema}._keep_partitions('_events', $1)`,
          values: [days],
        });
        for (const text of deletions(schema)) {
          const { rowCount } = await pool.execute(role, { text, values: [days, BATCH] });
          isMore ||= rowCount === BATCH;
        }
      }
      return isMore;
    },
  };
}

function deletions(schema: string): string[] {
  return [
    // By _inbox_received_at.
    `delete from ${schema}._inbox where ctid = any (array(
      select ctid from ${schema}._inbox
      where received_at < now() - make_interval(days => $1) order by received_at limit $2))`,
    // Holds only what found no partition of its day, so next to nothing.
    `delete from ${schema}._events_other where ctid = any (array(
      select ctid from ${schema}._events_other where published_at < now() - make_interval(days => $1) limit $2))`,
    `delete from ${schema}._replays where ctid = any (array(
      select ctid from ${schema}._replays where started_at < now() - make_interval(days => $1) limit $2))`,
  ];
}

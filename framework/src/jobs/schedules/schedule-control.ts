import pg from "pg";
import { perSchema } from "../store/per-schema.ts";
import type { Execute } from "../store/store-parts.ts";
import { nextTime, type StoredTiming } from "./schedule-timing.ts";

/** A schedule as it is stored. */
export interface ScheduleStatus {
  readonly module: string;
  readonly name: string;
  /** The kind of job that it enqueues. */
  readonly kind: string;
  readonly timing: StoredTiming;
  readonly nextAt: Date;
  /** The last time that was enqueued, as the schedule says, which may have been made up for later. */
  readonly lastAt: Date | null;
  readonly runRequestedAt: Date | null;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
}

export async function listSchedules(execute: Execute, module: string): Promise<ScheduleStatus[]> {
  const { rows } = await execute<Omit<ScheduleStatus, "module">>({
    text: LIST(pg.escapeIdentifier(module)),
    values: [],
  });
  return rows.map((row) => ({ module, ...row }));
}

const LIST = perSchema(
  (schema) => `select name, kind, timing, next_at as "nextAt", last_at as "lastAt",
      run_requested_at as "runRequestedAt", paused_at as "pausedAt", paused_by as "pausedBy"
    from ${schema}._schedules order by name`,
);

/**
 * Lets the schedules run once at once, whatever their times and even when they are paused; a worker does it. Returns
 * those that exist. Their other times stay as they are.
 */
export async function runSchedulesNow(
  execute: Execute,
  module: string,
  names: readonly string[],
): Promise<string[]> {
  return namesOf(
    await execute<{ name: string }>({ text: RUN_NOW(pg.escapeIdentifier(module)), values: [names] }),
  );
}

const RUN_NOW = perSchema(
  (schema) =>
    `update ${schema}._schedules set run_requested_at = now() where name = any ($1::text[]) returning name`,
);

/** Returns those that were not paused before. */
export async function pauseSchedules(
  execute: Execute,
  module: string,
  names: readonly string[],
  by: string | null,
): Promise<string[]> {
  return namesOf(
    await execute<{ name: string }>({ text: PAUSE(pg.escapeIdentifier(module)), values: [names, by] }),
  );
}

const PAUSE = perSchema(
  (schema) => `update ${schema}._schedules set paused_at = now(), paused_by = $2
    where name = any ($1::text[]) and paused_at is null returning name`,
);

/** Goes on with the next time from now on; those during the pause are not made up for. Returns those that were paused. */
export async function resumeSchedules(
  execute: Execute,
  module: string,
  names: readonly string[],
): Promise<string[]> {
  const schema = pg.escapeIdentifier(module);
  const { rows } = await execute<{ name: string; timing: StoredTiming; next_at: Date; now: Date }>({
    text: PAUSED(schema),
    values: [names],
  });
  const next = rows.map(({ timing, next_at, now }) =>
    next_at > now ? next_at : nextTime(timing, next_at, now),
  );
  return namesOf(
    await execute<{ name: string }>({ text: RESUME(schema), values: [rows.map(({ name }) => name), next] }),
  );
}

const PAUSED = perSchema(
  (schema) => `select name, timing, next_at, now() as now from ${schema}._schedules
    where name = any ($1::text[]) and paused_at is not null`,
);

const RESUME = perSchema(
  (schema) => `update ${schema}._schedules s set paused_at = null, paused_by = null, next_at = r.next_at
    from unnest($1::text[], $2::timestamptz[]) as r (name, next_at)
    where s.name = r.name and s.paused_at is not null returning s.name`,
);

function namesOf({ rows }: { readonly rows: readonly { readonly name: string }[] }): string[] {
  return rows.map(({ name }) => name).sort();
}
